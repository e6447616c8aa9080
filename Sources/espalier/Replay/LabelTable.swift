internal import Events
internal import Model
internal import Pipeline
internal import Storage

/// Reads whole label files into `DelayedLabels`.
struct LabelTable {
    private(set) var labels: DelayedLabels
    private(set) var rejections: [Rejection: UInt64] = [:]

    init(delayMillis: Int64) { labels = DelayedLabels(delayMillis: delayMillis) }

    /// Adds a file's labels; one that cannot be read, or that the loss has no use for, is counted.
    mutating func read(
        _ path: String, format: RecordFormat?, settings: LabelSettings, loss: Loss,
        limits: DecodeLimits
    ) throws {
        let isCSV = (format ?? RecordFormat(path: path)) == .csv
        var reader = try RecordReader(
            path: path, form: isCSV ? .csv : .lines, recordBytesMax: limits.messageBytesMax)
        if isCSV, try !reader.advance() {
            throw Failure(.data, "\(path): found nothing; expected a header of CSV")
        }
        let decoder: EventDecoder
        do throws(SchemaError) {
            decoder = try Self.decoder(reader.record, isCSV: isCSV, settings.schema, limits)
        } catch {
            throw Failure(.data, "\(path):1: \(error.text(for: settings.schema))")
        }
        try read(&reader, decoder, settings, loss)
    }

    /// - Parameter header: of no meaning for JSON.
    private static func decoder(
        _ header: borrowing RawSpan, isCSV: Bool, _ schema: EventSchema, _ limits: DecodeLimits
    ) throws(SchemaError) -> EventDecoder {
        guard isCSV else { return try EventDecoder(json: schema, limits: limits) }
        return try EventDecoder(csv: schema, header: header, limits: limits)
    }

    private mutating func read(
        _ reader: inout RecordReader, _ decoder: borrowing EventDecoder, _ settings: LabelSettings,
        _ loss: Loss
    ) throws {
        var row = EventRow(slots: settings.schema.fields.count)
        while try reader.advance() {
            let label: Label
            do throws(DecodeError) {
                try decoder.decode(reader.record, into: &row)
                label = try settings.label(in: row, for: loss)
            } catch {
                rejections[.undecodable(error.reason), default: 0] += 1
                continue
            }
            try labels.insert(label, for: decoder.id.key(of: row))
        }
    }
}
