internal import Bytes
internal import Events
internal import Storage

/// The records of a file as messages with key and time, one after another, in bounded memory.
struct ProducedRecords: ~Copyable {
    private var reader: RecordReader
    private var rows: CSVObjects?
    private var fields: RecordKey
    private(set) var key = ByteWriter(reservingCapacity: 256)
    private(set) var value = ByteWriter(reservingCapacity: 4_096)
    private(set) var timeMillis: Int64 = 0

    init(
        _ path: String, _ format: RecordFormat, key command: ProduceCommand, strings: [String]
    ) throws {
        var reader = try RecordReader(path: path, form: format == .csv ? .csv : .lines)
        var rows: CSVObjects?
        if format == .csv, try reader.advance() {
            rows = try CSVObjects(header: reader.record, strings: strings)
        }
        let fields = try RecordKey(key: command.key, time: command.time, unit: command.timeUnit)
        self.reader = reader
        self.rows = rows
        self.fields = fields
    }

    var line: Int { reader.line }

    /// The part of the file that is read, if its size is known.
    var fraction: Double? {
        reader.bytesTotal.map { Double(reader.bytesRead) / Double(max(1, $0)) }
    }

    /// What `advance` came to.
    enum Step {
        case record, end
        /// The record on this line cannot be sent, and why.
        case refused(line: Int, reason: String)
    }

    /// Steps to the next record.
    mutating func advance() throws(Failure) -> Step {
        do throws(StorageError) {
            guard try reader.advance() else { return .end }
        } catch { throw Failure(error) }
        value.removeAll()
        if rows != nil {
            if let reason = Self.append(reader.record, &rows, to: &value) {
                return .refused(line: reader.line, reason: reason)
            }
        } else {
            Self.copy(reader.record, to: &value)
        }
        do throws(RecordKey.Refusal) {
            timeMillis = try Self.read(value, &fields, into: &key)
            return .record
        } catch {
            return .refused(line: reader.line, reason: error.reason)
        }
    }

    private static func append(
        _ row: borrowing RawSpan, _ rows: inout CSVObjects?, to value: inout ByteWriter
    ) -> String? {
        rows?.append(row, to: &value)
    }

    private static func copy(_ record: borrowing RawSpan, to value: inout ByteWriter) {
        value.append(record)
    }

    private static func read(
        _ value: borrowing ByteWriter, _ fields: inout RecordKey, into key: inout ByteWriter
    ) throws(RecordKey.Refusal) -> Int64 {
        try fields.read(value.bytes, into: &key)
    }
}
