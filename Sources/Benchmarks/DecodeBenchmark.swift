import Bytes
import Events
import Simulation

/// A payment's message into a row, as JSON and as CSV, beside copying its bytes.
enum DecodeBenchmark {
    private static let eventsMax = 20_000

    static func measure(_ log: borrowing PaymentLog, _ scale: Scale) throws -> [Measurement] {
        let lines = try PaymentLog(scale.simulator(), format: .csv, eventsMax: eventsMax)
        let json = try EventDecoder(json: HandbookProject.schema)
        let header = Array(Payment.csvHeader.utf8)
        let csv = try unsafe EventDecoder(
            csv: HandbookProject.schema, header: header.span.bytes)
        let copied = copy(log, scale)
        let (jsonCost, jsonSum) = try decode(log, json, scale)
        let (csvCost, csvSum) = try decode(lines, csv, scale)
        return [
            Measurement(
                "JSON", jsonCost, "ns",
                note: "\(Int(log.eventBytes)) bytes, 5 of 12 fields; amounts \(jsonSum)"),
            Measurement("copy of the same bytes", copied, "ns"),
            Measurement("JSON against the copy", jsonCost / copied, "times"),
            Measurement(
                "CSV", csvCost, "ns",
                note: "\(Int(lines.eventBytes)) bytes, the same fields; amounts \(csvSum)"),
        ]
    }

    private static func copy(_ log: borrowing PaymentLog, _ scale: Scale) -> Double {
        var writer = ByteWriter(reservingCapacity: 4_096)
        var samples = Samples()
        for _ in 0..<passes(scale) {
            let records = log.events.prefix(eventsMax)
            let start = ThreadTime.now()
            for record in records {
                writer.removeAll()
                writer.append(log.bytes(record.value))
            }
            samples.append(ThreadTime.now() - start, over: records.count)
        }
        return samples.median
    }

    private static func passes(_ scale: Scale) -> Int { max(scale.repetitions / 10, 1) }

    /// Nanoseconds, and the sum of the amounts read in one pass.
    private static func decode(
        _ log: borrowing PaymentLog, _ decoder: borrowing EventDecoder, _ scale: Scale
    ) throws -> (Double, Double) {
        var row = EventRow(slots: HandbookProject.schema.fields.count)
        var samples = Samples()
        var sum = 0.0
        for _ in 0..<passes(scale) {
            sum = 0
            let records = log.events.prefix(eventsMax)
            let start = ThreadTime.now()
            for record in records {
                try decoder.decode(log.bytes(record.value), into: &row)
                sum += row.numbers[4]
            }
            samples.append(ThreadTime.now() - start, over: records.count)
        }
        return (samples.median, sum.rounded())
    }
}
