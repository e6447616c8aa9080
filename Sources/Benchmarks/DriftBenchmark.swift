import Bytes
import Drift
import Glibc
import Pipeline
import Statistics
import Worker

/// One window of many features against its baseline, and two large samples compared.
enum DriftBenchmark {
    private static let features = 500
    private static let windowEvents = 2_000
    private static let baselineEvents = 50_000

    static func measure(_ log: borrowing PaymentLog, _ scale: Scale) throws -> [Measurement] {
        var random = SeededRandom(seed: 1)
        let pairs = (0..<features).map { number in
            (
                name: "f\(number)", baseline: tally(baselineEvents, 0, &random),
                window: tally(windowEvents, number % 10 == 0 ? 1 : 0, &random)
            )
        }
        var samples = Samples()
        var drifting = 0
        for _ in 0..<max(3, scale.repetitions / 10) {
            let start = ThreadTime.now()
            let report = DriftReport(
                pairs.map { ($0.name, $0.baseline.profile, $0.window.profile) },
                policy: DriftPolicy())
            samples.append(ThreadTime.now() - start, over: 1)
            drifting = report.drifting.count
        }
        return [
            Measurement(
                "500 features against a baseline", samples.median / 1e6, "ms", .atMost(50),
                note: "sketches of 200, \(windowEvents) events a window, \(drifting) drift"),
            try closing(scale), try loop(log, scale), try summaries(scale),
        ]
    }

    /// All that the service does when an hour ends: compared with the day before, and kept for the
    /// next day.
    private static func closing(_ scale: Scale) throws -> Measurement {
        let settings = StatisticsSettings()
        let columns = (0..<features).map {
            StatisticsColumn(name: "f\($0)", source: .number(slot: $0))
        }
        var table = try StatisticsTable(columns: columns, settings: settings)
        var random = SeededRandom(seed: 3)
        let none: [UInt32] = []
        for _ in 0..<windowEvents {
            let row = (0..<features).map { _ in random.normal() }
            table.observe(
                numbers: row.span, buckets: none.span, score: 0, timeMillis: 1, clock: 1)
        }
        let settled = table.settled()
        let hour: Int64 = 3_600_000
        let pane = columns.indices.map {
            (name: columns[$0].name, summary: settled.summary(of: $0, over: .lifetime))
        }
        var monitor = DriftMonitor<FeatureSummary>(
            policy: DriftPolicy(), windowMillis: hour, baselineMillis: 24 * hour)
        var samples = Samples()
        for number in 0..<Int64(24 + max(3, scale.repetitions / 10)) {
            let start = ThreadTime.now()
            _ = monitor.close(
                number * hour..<(number + 1) * hour, pane, scores: nil)
            if number >= 24 { samples.append(ThreadTime.now() - start, over: 1) }
        }
        return Measurement(
            "a window of 500 features closes", samples.median / 1e6, "ms", .atMost(50),
            note: "compared with a day, and taken into the next")
    }

    /// What the loop that steps events bears of that: handing over, and telling what was found.
    private static func loop(
        _ log: borrowing PaymentLog, _ scale: Scale
    ) throws -> Measurement {
        let hour: Int64 = 3_600_000
        var settings = try DemandBenchmark.settings()
        settings.watch = WatchSettings(
            windowMillis: hour, baselineMillis: 4 * hour,
            links: AlertLinks(project: "benchmark", endpoint: "predictions"))
        var pipeline = try EventPipeline(settings)
        let aside = AsideComparison.queued()
        var outbox = Outbox()
        var samples = Samples()
        var nanos = 0.0
        for block in log.blocks {
            for record in log.events[block.events] {
                pipeline.step(
                    record.origin, key: log.bytes(record.key), value: log.bytes(record.value),
                    into: &outbox)
            }
            outbox.removeAll()
            let wasComparing = pipeline.isComparing
            let start = ThreadTime.now()
            _ = pipeline.tick(now: 0, aside: aside, into: &outbox)
            nanos += ThreadTime.now() - start
            if wasComparing, !outbox.messages.isEmpty {
                samples.append(nanos, over: 1)
                nanos = 0
            }
            while pipeline.isComparing, !pipeline.comparisonIsDone { sched_yield() }
        }
        return Measurement(
            "of which the loop bears", samples.median / 1e6, "ms",
            note: "handing over and telling; the rest is done aside")
    }

    private static func tally(
        _ count: Int, _ mean: Double, _ random: inout SeededRandom
    ) -> FeatureTally {
        var tally = FeatureTally(quantileSize: 200)
        for _ in 0..<count { tally.insert(mean + random.normal()) }
        tally.closeWindow()
        return tally
    }

    /// Values a second into the service's summaries of 500 features.
    private static func summaries(_ scale: Scale) throws -> Measurement {
        var settings = StatisticsSettings()
        settings.windowsMillis = [3_600_000]
        let columns = (0..<features).map {
            StatisticsColumn(name: "f\($0)", source: .number(slot: $0))
        }
        var table = try StatisticsTable(columns: columns, settings: settings)
        var random = SeededRandom(seed: 2)
        let rows = (0..<64).map { _ in (0..<features).map { _ in random.normal() } }
        let none: [UInt32] = []
        let events = 2_560
        var samples = Samples()
        for round in 0..<max(3, scale.repetitions / 10) {
            let start = ThreadTime.now()
            for event in 0..<events {
                let row = rows[event % 64]
                let time = Int64(round * events + event) * 1_000
                table.observe(
                    numbers: row.span, buckets: none.span, score: 0,
                    timeMillis: time, clock: time)
            }
            samples.append(ThreadTime.now() - start, over: events * features)
        }
        return Measurement(
            "values summarised", 1e9 / samples.median, "values/s", .atLeast(20_000_000),
            note: "\(features) features")
    }
}
