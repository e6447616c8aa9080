internal import Bytes
internal import Events
internal import Pipeline
internal import Storage

/// One file of events or labels: its records one after another, each with its time.
///
/// A class, because an array cannot hold what is not copyable.
final class ReplayFile {
    let path: String
    let stream: RecordOrigin.Stream
    private let number: Int32
    private var reader: RecordReader
    private var decoder: EventDecoder
    /// Reads nothing but the time.
    private let clock: EventDecoder?
    private var row = EventRow(slots: 1)
    private var ordinal: Int64 = -1
    /// The current record's; of one without a time that of the record before.
    private(set) var timeMillis = Int64.min

    /// - Parameters:
    ///   - number: the file's place among those of its stream.
    ///   - time: the field of the time and its unit; nil for records in the order of the file
    ///     alone.
    init(
        _ path: String, stream: RecordOrigin.Stream, number: Int, format: RecordFormat?,
        schema: EventSchema, time: (field: FieldSchema, unit: TimeUnit)?, limits: DecodeLimits
    ) throws {
        self.path = path
        self.stream = stream
        self.number = Int32(number)
        let clockSchema = time.map {
            EventSchema(fields: [$0.field], id: 0, time: 0, timeUnit: $0.unit)
        }
        let isCSV = (format ?? RecordFormat(path: path)) == .csv
        var reader = try RecordReader(
            path: path, form: isCSV ? .csv : .lines, recordBytesMax: limits.messageBytesMax)
        guard isCSV else {
            self.reader = reader
            decoder = try EventDecoder(json: schema, limits: limits)
            clock = try clockSchema.map { try EventDecoder(json: $0, limits: limits) }
            return
        }
        guard try reader.advance() else {
            throw Failure(.data, "\(path): found nothing; expected a header of CSV")
        }
        do throws(SchemaError) {
            decoder = try EventDecoder(csv: schema, header: reader.record, limits: limits)
            clock = try Self.csvClock(clockSchema, reader.record, limits)
        } catch {
            throw Failure(.data, "\(path):1: \(error.text(for: schema))")
        }
        self.reader = reader
    }

    private static func csvClock(
        _ schema: EventSchema?, _ header: borrowing RawSpan, _ limits: DecodeLimits
    ) throws(SchemaError) -> EventDecoder? {
        guard let schema else { return nil }
        return try EventDecoder(csv: schema, header: header, limits: limits)
    }

    /// The current record's first line.
    var line: Int { reader.line }
    var bytesRead: Int { reader.bytesRead }
    var bytesTotal: Int? { reader.bytesTotal }

    /// Steps to the next record; false at the end.
    func advance() throws(Failure) -> Bool {
        do throws(StorageError) {
            guard try reader.advance() else { return false }
        } catch { throw Failure(error) }
        ordinal += 1
        if let time = readTime() { timeMillis = time }
        return true
    }

    private func readTime() -> Int64? {
        switch clock {
        case .some(let clock): Self.time(of: reader.record, clock, &row)
        case .none: nil
        }
    }

    private static func time(
        of record: borrowing RawSpan, _ clock: borrowing EventDecoder, _ row: inout EventRow
    ) -> Int64? {
        do throws(DecodeError) {
            try clock.decode(record, into: &row)
            return try clock.decodeTime(from: row, recordTimestamp: 0)
        } catch { return nil }
    }

    /// Lends the file's decoder to the pipeline, or takes it back.
    func exchangeDecoder(with pipeline: inout EventPipeline) {
        switch stream {
        case .events: pipeline.exchangeEventDecoder(with: &decoder)
        case .labels: pipeline.exchangeLabelDecoder(with: &decoder)
        }
    }

    /// Where the current record stands.
    var origin: RecordOrigin {
        RecordOrigin(
            stream: stream, partition: number, offset: ordinal, timestampMillis: timeMillis)
    }

    /// Appends the current record's bytes.
    func copyRecord(to writer: inout ByteWriter) { Self.copy(reader, to: &writer) }

    private static func copy(_ reader: borrowing RecordReader, to writer: inout ByteWriter) {
        writer.append(reader.record)
    }
}
