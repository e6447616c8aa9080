import Features
import Model
import Pipeline
import PipelineFixture
import Sparse
import Testing
import Training

/// What an online learner's artifact tells of its examples is what they were.
@Suite struct LearnedExamplesTests {
    private static let windowMillis: Int64 = 2_000

    private func fold(_ seed: UInt64, _ records: [InputRecord]) throws -> Fold {
        var settings = try PaymentProject().settings()
        settings.learnedWindowMillis = Self.windowMillis
        var fold = try Fold(settings)
        fold.pipeline.examples = ExampleLog(space: settings.plan.space)
        for record in records { fold.step(record) }
        return fold
    }

    @Test(arguments: UInt64(0)..<4) func anArtifactTellsOfTheExamplesLearned(seed: UInt64) throws {
        let records = SnapshotTests.records(3_000, seed: seed)
        var fold = try fold(seed, records)
        let plan = fold.pipeline.settings.plan
        let table = fold.pipeline.examples?.takeTable()
        let (learner, baseline) = (fold.pipeline.learner, fold.pipeline.learnedBaseline())
        try expect(
            #require(baseline), of: #require(learner), from: #require(table), plan)
        try expectTraffic(of: #require(baseline), records, fold)
    }

    @Test func examplesThatAreLeftOutAreTold() throws {
        var fold = try Fold(PaymentProject().settings())
        fold.pipeline.examples = ExampleLog(
            space: fold.pipeline.settings.plan.space, valuesMax: 60)
        for record in SnapshotTests.records(500, seed: 1) { fold.step(record) }
        let kept = fold.pipeline.examples?.count ?? 0
        #expect(kept > 0 && kept <= 12)
        #expect(fold.pipeline.status.examplesLeftOut > 0)
    }

    private func expect(
        _ told: ModelBaseline, of learner: OnlineLearner, from table: ExampleTable,
        _ plan: FeaturePlan
    ) throws {
        #expect(told.times.lowerBound == table.times.first)
        #expect(told.times.upperBound == table.times.last)
        #expect(Set(told.features.keys) == Set(plan.inputs))
        for (input, name) in plan.inputs.prefix(plan.space.numericCount).enumerated() {
            let column = try #require(told.features[name])
            #expect(column.events == learner.learned)
            let values = stored(input, table)
            #expect(column.missing == learner.learned - values.count, "\(name)")
            #expect(column.zero == values.count { $0 == 0 }, "\(name)")
            guard case .numeric(let numbers?) = column.values else {
                Issue.record("\(name): \(column.values)")
                continue
            }
            let mean = values.reduce(0, +) / Double(values.count)
            #expect(abs(numbers.mean - mean) <= 1e-9 * max(1, abs(mean)), "\(name)")
            #expect(numbers.steps.reduce(0) { $0 + $1.weight } == Double(values.count))
        }
        let channels = try #require(told.features["channels"])
        guard case .category(let categories) = channels.values else {
            Issue.record("\(channels.values)")
            return
        }
        #expect(categories.counts.reduce(0) { $0 + $1.count } == learner.learned)
        #expect(channels.distinct?.estimate.rounded() == 2)
        #expect(told.scores.events == learner.learned)
    }

    /// Values of a numeric input where the vectors have one.
    private func stored(_ input: Int, _ table: ExampleTable) -> [Double] {
        guard case .compressed(let matrix) = table.examples.matrix else { return [] }
        let (rows, values) = matrix.column(input)
        var dense = [Double](repeating: 0, count: matrix.rowCount)
        for (row, value) in zip(rows, values) { dense[Int(row)] = value }
        return dense.filter { !$0.isNaN }
    }

    /// The events that were scored, of every window but the first and the last.
    private func expectTraffic(
        of told: ModelBaseline, _ records: [InputRecord], _ fold: borrowing Fold
    ) throws {
        var (clock, counts) = (Int64.min, [Int64: Double]())
        let scored = Set(fold.predictions.map(\.source))
        for record in records where scored.contains("\(record.position)") {
            clock = max(clock, record.time)
            counts[clock / Self.windowMillis, default: 0] += 1
        }
        for end in [counts.keys.min(), counts.keys.max()] { counts[try #require(end)] = nil }
        let mean = counts.values.reduce(0, +) / Double(counts.count)
        #expect(counts.count > 10)
        let window = try #require(told.window)
        #expect(window.millis == Self.windowMillis && abs(window.events - mean) < 1e-9)
    }

    /// Nobody pays for a summary that no artifact will bear.
    @Test func withoutAnArtifactNothingIsSummarised() throws {
        var settings = try PaymentProject().settings()
        let records = SnapshotTests.records(500, seed: 1)
        let without = try Fold(settings, records)
        let baselineOfNone = without.pipeline.learnedBaseline()
        #expect(baselineOfNone == nil)
        settings.learnedWindowMillis = Self.windowMillis
        let empty = try Fold(settings)
        let baselineOfEmpty = empty.pipeline.learnedBaseline()
        #expect(baselineOfEmpty == nil)
    }
}
