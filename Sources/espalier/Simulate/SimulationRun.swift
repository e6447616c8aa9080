internal import JSON
internal import Simulation

/// One run of the simulator into an output, and what came of it.
struct SimulationRun {
    private var payments: UInt64 = 0
    private var frauds: UInt64 = 0
    private var labels: UInt64 = 0
    private var seconds = 0.0
    private var pace: Pace
    /// Event time: when the run begins, and for how long.
    private let start: Int64
    private let millis: Int64

    /// - Parameter rate: payments per second of wall clock; nil for no limit.
    init(rate: Double?, millis: Int64, _ settings: SimulationSettings) {
        pace = Pace(perSecond: rate)
        start = settings.startMillis
        self.millis = millis
    }

    private static let recordsBetweenLooks: UInt64 = 1_024

    /// Writes all records; an interruption ends the stream early and in good order.
    mutating func write<Output: PaymentOutput & ~Copyable>(
        _ simulator: consuming PaymentSimulator, to output: consuming Output
    ) throws(Failure) {
        let watch = Stopwatch()
        var progress = ProgressLine(unit: "payments")
        while !Interruption.hasCome, let record = simulator.next() {
            if case .payment = record { try wait(&output, &progress, at: record.timeMillis) }
            if Interruption.hasCome { break }
            try output.write(record)
            count(record)
            if (payments + labels) % Self.recordsBetweenLooks == 0 {
                progress.update(count: payments, fraction: fraction(at: record.timeMillis))
            }
        }
        try output.finish()
        progress.clear()
        seconds = watch.seconds
    }

    /// Waits for the moment of the next payment.
    private mutating func wait<Output: PaymentOutput & ~Copyable>(
        _ output: inout Output, _ progress: inout ProgressLine, at time: Int64
    ) throws(Failure) {
        var early = pace.waitForNext()
        guard early > 0 else { return }
        let watch = Stopwatch()
        try output.flush()
        while early > watch.seconds, !Interruption.hasCome {
            Pace.sleep(early - watch.seconds)
            progress.update(count: payments, fraction: fraction(at: time))
        }
        early = 0
    }

    private func fraction(at time: Int64) -> Double {
        min(1, Double(time - start) / Double(max(1, millis)))
    }

    private mutating func count(_ record: SimulatedRecord) {
        switch record {
        case .payment(let payment, _):
            payments += 1
            if payment.scenario != .genuine { frauds += 1 }
        case .label: labels += 1
        }
    }

    private var rate: Double { Double(payments) / max(seconds, 1e-9) }

    var text: String {
        let share = 100 * Double(frauds) / Double(max(1, payments))
        return """
            \(Numerals.grouped(payments)) payments (\(Numerals.grouped(frauds)) fraudulent, \
            \(Numerals.fixed(share, 2)) %), \(Numerals.grouped(labels)) labels \
            in \(Numerals.duration(seconds)): \(Numerals.rate(rate))

            """
    }

    var json: String {
        JSONValue.object([
            "payments": .integer(Int64(payments)), "frauds": .integer(Int64(frauds)),
            "labels": .integer(Int64(labels)), "seconds": .number(seconds),
            "payments_per_second": .number(rate),
        ]).line
    }
}
