import Bytes
import Events
import TestSupport
import Testing

@testable import Features

/// Features looked up between events.
struct LookupTests {
    private typealias Day = EveryAggregate

    /// What windows hold when the current event is in none.
    private static let withoutCurrent = EveryAggregate.list.map { aggregate in
        var aggregate = aggregate
        aggregate.includesCurrent = false
        return aggregate
    }

    /// Every feature of every kind as plain lists have it; the stream that is asked goes on as one
    /// that is not, to the bit.
    @Test(arguments: UInt64(0)..<6) func tellsWhatIsAndChangesNothing(seed: UInt64) throws {
        var limits = FeatureLimits()
        limits.latenessMillis = 2 * Day.day
        limits.idleMillis = 40 * Day.day
        var random = SeededGenerator(seed)
        var asked = try FeatureStream(EveryAggregate.list, limits: limits)
        var alone = try FeatureStream(EveryAggregate.list, limits: limits)
        var naive = NaiveWindows()
        naive.idleMillis = limits.idleMillis
        naive.retentionMillis = Day.longestMillis + limits.latenessMillis
        naive.keptRowsMin = Day.keptRowsMin
        var seen: Set<UInt64> = []
        var clock: Int64 = 1_000_000
        for _ in 0..<400 {
            clock += Int64.random(in: 1...Day.day / 5, using: &random)
            let key = UInt64.random(in: 0..<14, using: &random)
            let time = clock + Int64.random(in: 0...3 * Day.day, using: &random)
            let (isKnown, found) = asked.look(key: key, at: time)
            #expect(isKnown == seen.contains(key))
            var expected = naive
            let probe = NaiveWindows.Event(time: time, ordinal: .max, value: .nan)
            let values = expected.observe(key: key, probe, Self.withoutCurrent)
            for (index, aggregate) in EveryAggregate.list.enumerated()
            where !EveryAggregate.agree(found[index], values[index], aggregate) {
                let place = "seed \(seed), \(key) at \(time)"
                Issue.record("\(place): \(aggregate): \(found[index]), not \(values[index])")
            }
            let event = FeatureStream.Event(by: clock, &random)
            let bits = asked.features(event).map(\.bitPattern)
            #expect(bits == alone.features(event).map(\.bitPattern))
            _ = naive.observe(
                key: event.key,
                .init(
                    time: event.time, ordinal: asked.reference.ordinal, value: event.value,
                    text: event.text), EveryAggregate.list)
            seen.insert(event.key)
        }
    }

    /// What the next event finds without itself is what was looked up just before, to the bit.
    @Test func isWhatTheNextEventFinds() throws {
        let aggregates = Self.withoutCurrent.filter { $0.delayMillis == 0 }
        var stream = try FeatureStream(aggregates)
        var random = SeededGenerator(7)
        var clock: Int64 = 1_000_000
        for _ in 0..<2_000 {
            clock += Int64.random(in: 1...Day.day / 5, using: &random)
            var event = FeatureStream.Event(by: clock, &random)
            event.time = clock
            let found = stream.look(key: event.key, at: clock).values
            #expect(found.map(\.bitPattern) == stream.features(event).map(\.bitPattern))
        }
    }

    /// One that was idle for too long is as new as one that was never seen.
    @Test func forgetsTheIdle() throws {
        var limits = FeatureLimits()
        limits.latenessMillis = 0
        limits.idleMillis = 40 * Day.day
        var stream = try FeatureStream(EveryAggregate.list, limits: limits)
        stream.step(.init(key: 3, time: 0, value: 1))
        #expect(stream.look(key: 3, at: limits.idleMillis).isKnown)
        let (isKnown, values) = stream.look(key: 3, at: limits.idleMillis + 1)
        #expect(!isKnown)
        let unknown = stream.look(key: 4, at: limits.idleMillis + 1).values
        #expect(values.map(\.bitPattern) == unknown.map(\.bitPattern))
    }

    /// What is made of features and fields is made of those that are known.
    @Test func evaluatesExpressions() throws {
        let plan = try FeaturePlan(
            schema: FeatureStream.schema,
            definitions: [
                FeatureDefinition(
                    name: "mean",
                    kind: .aggregate(
                        Aggregate(
                            entity: "key", function: .mean, operand: .expression("value"),
                            windowMillis: Day.day))),
                FeatureDefinition(name: "ratio", kind: .value(expression: "value / mean")),
            ])
        var stream = FeatureStream(plan)
        stream.step(.init(key: 1, time: 10, value: 4))
        #expect(stream.look(key: 1, at: 20, value: 12).values == [4, 3])
        let unknown = stream.look(key: 1, at: 20).values
        #expect(unknown[0] == 4 && unknown[1].isNaN)
    }
}

extension FeatureStream {
    /// Every declared feature of an entity between two events.
    fileprivate mutating func look(
        key: UInt64, at time: Int64, value: Double = .nan
    ) -> (isKnown: Bool, values: [Double]) {
        row.removeAll()
        row.setInteger(Int64(bitPattern: key), at: 1)
        if !value.isNaN { row.setNumber(value, at: 2) }
        let isKnown = state.look(row: &row, at: time)
        return (isKnown, values)
    }
}
