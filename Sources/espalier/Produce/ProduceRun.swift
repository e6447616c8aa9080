internal import JSON

/// One run of `produce`, and what came of it.
struct ProduceRun {
    private let topic: String
    private let skipsInvalid: Bool
    private let watch = Stopwatch()
    private var pace: Pace
    private var skipped: UInt64 = 0
    private var seconds = 0.0

    private static let recordsBetweenLooks = 1_024

    init(topic: String, rate: Double?, skipsInvalid: Bool) {
        self.topic = topic
        self.skipsInvalid = skipsInvalid
        pace = Pace(perSecond: rate)
    }

    /// Sends all records and waits for their acknowledgement.
    mutating func send(
        _ records: inout ProducedRecords, to output: inout TopicOutput
    ) throws(Failure) {
        let handle: TopicOutput.Topic
        do { handle = try output.topic(topic) } catch { throw Failure(error) }
        var progress = ProgressLine(unit: "records")
        defer {
            progress.clear()
            seconds = watch.seconds
        }
        while !Interruption.hasCome, try step(&records) {
            Pace.hold(pace.waitForNext())
            if Interruption.hasCome { break }
            try output.send(
                to: handle, key: records.key, value: records.value,
                timestampMillis: records.timeMillis)
            if output.sent % Self.recordsBetweenLooks == 0 {
                progress.update(count: UInt64(output.sent), fraction: records.fraction)
            }
        }
        try output.finish()
    }

    /// Steps to the next record that can be sent; false at the end of the file.
    private mutating func step(_ records: inout ProducedRecords) throws(Failure) -> Bool {
        while true {
            switch try records.advance() {
            case .record: return true
            case .end: return false
            case .refused(let line, let reason):
                guard skipsInvalid else { throw Failure(.data, "line \(line): \(reason)") }
                skipped += 1
            }
        }
    }

    private func rate(_ output: borrowing TopicOutput) -> Double {
        Double(output.acknowledged) / max(seconds, 1e-9)
    }

    func text(_ output: borrowing TopicOutput) -> String {
        let left = skipped > 0 ? ", \(Numerals.grouped(skipped)) left out" : ""
        return """
            \(Numerals.grouped(output.acknowledged)) records (\(Numerals.bytes(output.byteCount))) \
            to \(topic)\(left) in \(Numerals.duration(seconds)): \(Numerals.rate(rate(output)))

            """
    }

    func json(_ output: borrowing TopicOutput) -> String {
        JSONValue.object([
            "topic": .string(topic), "acknowledged": .integer(Int64(output.acknowledged)),
            "skipped": .integer(Int64(skipped)), "bytes": .integer(Int64(output.byteCount)),
            "seconds": .number(seconds), "records_per_second": .number(rate(output)),
        ]).line
    }

    /// Saves what was sent before the failure, and says how much that is.
    func ended(by failure: Failure, _ output: inout TopicOutput) -> Failure {
        guard output.sent > 0 else { return failure }
        if failure.status != .unavailable { try? output.finish() }
        return Failure(
            failure.status,
            """
            \(failure.message)
            \(Numerals.grouped(output.sent)) records sent, \
            \(Numerals.grouped(output.acknowledged)) acknowledged
            """)
    }
}
