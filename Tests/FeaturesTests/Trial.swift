import TestSupport
import Testing

@testable import Features

/// A seeded stream of events, late events and labels through `FeatureState` and `NaiveWindows`.
struct Trial: Sendable {
    typealias Day = EveryAggregate

    var keys = 1
    var lateShare = 0.0
    var labelDelayMax = 3 * Day.day
    /// Mean time between events, as a share of a day.
    var pace = 0.1
    var lateness = 2 * Day.day
    var entitiesMax = 1_000
    var windowEventsMax = 10_000
    var idleMillis = 1_000_000 * Day.day
    var events = 400

    private static let labelHorizon = 20 * EveryAggregate.day

    private var limits: FeatureLimits {
        var limits = FeatureLimits()
        limits.latenessMillis = lateness
        limits.entitiesMax = entitiesMax
        limits.windowEventsMax = windowEventsMax
        limits.idleMillis = idleMillis
        return limits
    }

    private var naive: NaiveWindows {
        var naive = NaiveWindows()
        naive.entitiesMax = entitiesMax
        naive.windowEventsMax = windowEventsMax
        naive.idleMillis = idleMillis
        naive.retentionMillis = Day.longestMillis + lateness
        naive.keptRowsMin = Day.keptRowsMin
        return naive
    }

    /// Records an issue where the two disagree, and returns what either counted.
    func run(seed: UInt64) throws -> (counts: FeatureCounts, expected: FeatureCounts) {
        var random = SeededGenerator(seed)
        var stream = try FeatureStream(
            EveryAggregate.list, limits: limits, labelHorizon: Self.labelHorizon)
        var naive = naive
        var pending: [(due: Int64, key: UInt64, reference: FeatureState.Reference)] = []
        var clock: Int64 = 1_000_000
        for _ in 0..<events {
            clock += Int64.random(in: 1...Int64(2 * pace * Double(Day.day)), using: &random)
            for due in pending where due.due <= clock {
                let label = Double(UInt64.random(in: 0...3, using: &random)) / 4
                stream.state.setLabel(label, at: due.reference)
                naive.setLabel(label, key: due.key, ordinal: due.reference.ordinal)
            }
            pending.removeAll { $0.due <= clock }
            let event = event(clock, &random)
            let found = stream.features(event)
            let expected = naive.observe(
                key: event.key,
                .init(
                    time: event.time, ordinal: stream.reference.ordinal, value: event.value,
                    text: event.text),
                EveryAggregate.list)
            compare(found, expected, "seed \(seed), \(self), \(event)")
            let delay = Int64.random(in: 0...labelDelayMax, using: &random)
            pending.append((clock + delay, event.key, stream.reference))
        }
        return (stream.state.counts, naive.counts)
    }

    private func event(_ clock: Int64, _ random: inout SeededGenerator) -> FeatureStream.Event {
        let isLate = Double.random(in: 0..<1, using: &random) < lateShare
        let age = isLate ? Int64.random(in: 0...lateness, using: &random) : 0
        // The square makes small keys frequent and great ones rare.
        let share = Double.random(in: 0..<1, using: &random)
        var event = FeatureStream.Event(
            key: UInt64(share * share * Double(keys)), time: clock - age)
        guard UInt64.random(in: 0..<10, using: &random) > 0 else { return event }
        event.value = Double(Int64.random(in: -40...40, using: &random)) / 4
        event.text = "t\(UInt64.random(in: 0..<6, using: &random))"
        return event
    }

    private func compare(_ found: [Double], _ expected: [Double], _ comment: String) {
        for (index, aggregate) in EveryAggregate.list.enumerated()
        where !EveryAggregate.agree(found[index], expected[index], aggregate) {
            Issue.record("\(comment): \(aggregate): \(found[index]), not \(expected[index])")
        }
    }
}
