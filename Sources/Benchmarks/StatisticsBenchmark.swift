import Bytes
import Features
import Model
import Pipeline
import Sketches
import Sparse
import Statistics
import Usage

/// What knowing every feature costs: statistics and usage of an event, and of sketches alone.
enum StatisticsBenchmark {
    private static let features = 15

    static func measure(_ log: borrowing PaymentLog, _ scale: Scale) throws -> [Measurement] {
        [
            Measurement(
                "all statistics of an event", try statistics(scale), "ns", .atMost(200),
                note: "\(features) features and the score, some distinct values, some not"),
            Measurement(
                "usage of an event", try usage(scale), "ns", .atMost(50),
                note: "\(features) features, all weighed"),
            Measurement("quantile sketch", quantiles(scale), "ns/value", .atMost(10)),
            Measurement("merging 1,000 sketches", merges(scale), "ms", .atMost(10)),
        ] + [try observedStep(log, scale)]
    }

    /// Rows like those of payments: a third of the features are small whole numbers.
    private static func rows(_ count: Int) -> [[Double]] {
        var random = SeededRandom(seed: 3)
        return (0..<count).map { _ in
            (0..<features).map { feature in
                let value = random.normal()
                return feature % 3 == 0 ? (value * 3).rounded() : value
            }
        }
    }

    private static func statistics(_ scale: Scale) throws -> Double {
        let columns = (0..<features).map {
            StatisticsColumn(name: "f\($0)", source: .number(slot: $0))
        }
        var table = try StatisticsTable(
            columns: columns + [StatisticsColumn(name: "score", source: .score)],
            settings: StatisticsSettings())
        let rows = rows(4_096)
        let none: [UInt32] = []
        var samples = Samples()
        for round in 0..<scale.repetitions {
            let start = ThreadTime.now()
            for (place, row) in rows.enumerated() {
                // A hundred events a second.
                let time = Int64(round * rows.count + place) * 10
                table.observe(
                    numbers: row.span, buckets: none.span, score: row[1], timeMillis: time,
                    clock: time)
            }
            samples.append(ThreadTime.now() - start, over: rows.count)
        }
        return samples.median
    }

    private static func usage(_ scale: Scale) throws -> Double {
        guard let space = FeatureSpace(numericCount: features) else {
            throw ScoreBenchmark.SpaceTooWide()
        }
        var table = UsageTable(inputCount: features)
        let rows = rows(1_024)
        let vectors = rows.map {
            SparseVector(indices: Array(0..<UInt32(features)), values: $0)
        }
        table.setModel("model")
        var samples = Samples()
        for round in 0..<scale.repetitions {
            let start = ThreadTime.now()
            for (place, vector) in vectors.enumerated() {
                // Any numbers will do for contributions.
                table.observe(
                    vector, rows[place], space: space, margin: rows[place][1], threshold: 2,
                    timeMillis: Int64(round))
            }
            samples.append(ThreadTime.now() - start, over: vectors.count)
        }
        return samples.median
    }

    private static func quantiles(_ scale: Scale) -> Double {
        let values = rows(4_096).map { $0[1] }
        var samples = Samples()
        var sketch = QuantileSketch()
        for _ in 0..<scale.repetitions {
            let start = ThreadTime.now()
            for first in stride(from: 0, to: values.count, by: 256) {
                sketch.insert(values.span.extracting(first..<first + 256))
            }
            samples.append(ThreadTime.now() - start, over: values.count)
        }
        return samples.median
    }

    /// Sketches of 2,000 values each, into one.
    private static func merges(_ scale: Scale) -> Double {
        var random = SeededRandom(seed: 4)
        let sketches = (0..<1_000).map { seed in
            var sketch = QuantileSketch(seed: UInt64(seed))
            for _ in 0..<2_000 { sketch.insert(random.normal()) }
            return sketch
        }
        var samples = Samples()
        for _ in 0..<max(3, scale.repetitions / 10) {
            var sum = QuantileSketch()
            let start = ThreadTime.now()
            for sketch in sketches { sum.merge(sketch) }
            samples.append(ThreadTime.now() - start, over: 1)
        }
        return samples.median / 1e6
    }

    private static func observedStep(
        _ log: borrowing PaymentLog, _ scale: Scale
    ) throws -> Measurement {
        var settings = try HandbookProject.settings()
        settings.observation = ObservationSettings()
        let run = try StepRun(settings, log, scale)
        return Measurement(
            "step with statistics and usage", 1e9 / run.events.median, "events/s",
            .atLeast(1_000_000),
            note: "11,000 events a day of event time: \(Int(run.events.median)) ns")
    }
}
