import Sparse
import TestSupport
import Testing

@testable import Features

private let day: Int64 = 86_400_000

private func count(
    days: Int64?, delay: Int64 = 0, of operand: Aggregate.Operand = .event
) -> Aggregate {
    Aggregate(
        entity: "key", function: .count, operand: operand, windowMillis: days.map { $0 * day },
        delayMillis: delay * day)
}

private func sum(days: Int64?, of operand: Aggregate.Operand = .expression("value")) -> Aggregate {
    Aggregate(
        entity: "key", function: .sum, operand: operand, windowMillis: days.map { $0 * day })
}

/// What happens at each limit, case by case; `WindowTests` has random streams at them.
struct LimitTests {
    @Test func theLongestIdleEntityGivesWay() throws {
        var limits = FeatureLimits()
        limits.entitiesMax = 3
        var stream = try FeatureStream([count(days: 30), count(days: nil)], limits: limits)
        for (time, key) in [1, 2, 3, 1, 2].enumerated() {
            _ = stream.features(.init(key: UInt64(key), time: Int64(time)))
        }
        #expect(stream.state.counts.entities == 3)
        // 4 takes the place of 3; 3, coming back as a stranger, that of 1; 2 is still known.
        #expect(stream.features(.init(key: 4, time: 10)) == [1, 1])
        #expect(stream.features(.init(key: 3, time: 11)) == [1, 1])
        #expect(stream.features(.init(key: 2, time: 12)) == [3, 3])
        #expect(stream.state.counts.entitiesEvicted == 2)
        #expect(stream.state.counts.entities == 3)
        #expect(stream.state.counts.retainedEvents == 5)
    }

    /// 64 candidates a time: the victim is the longest idle of the next 64, not of all.
    @Test func ofManyEntitiesOneOfTheNext64GivesWay() throws {
        var limits = FeatureLimits()
        limits.entitiesMax = 1_000
        var stream = try FeatureStream([count(days: nil)], limits: limits)
        for key in 0..<5_000 { _ = stream.features(.init(key: UInt64(key), time: Int64(key))) }
        #expect(stream.state.counts.entitiesEvicted == 4_000)
        #expect(stream.state.counts.entities == 1_000)
        var known = 0
        for key in 4_500..<5_000 {
            known += stream.features(.init(key: UInt64(key), time: 6_000)) == [2] ? 1 : 0
        }
        #expect(known == 500, "the newest half is never among the longest idle")
    }

    @Test func whenPagesRunOutTheLongestIdleGivesWay() throws {
        var limits = FeatureLimits()
        limits.retainedEventsMax = 64
        var stream = try FeatureStream([count(days: 30)], limits: limits)
        for key in 0..<8 { _ = stream.features(.init(key: UInt64(key), time: Int64(key))) }
        #expect(stream.features(.init(key: 8, time: 10)) == [1])
        #expect(stream.state.counts.entitiesEvicted == 1)
        #expect(stream.features(.init(key: 1, time: 11)) == [2])
        #expect(stream.features(.init(key: 0, time: 12)) == [1])
        #expect(stream.state.counts.entitiesEvicted == 2)
        #expect(stream.state.counts.entities == 8)
        #expect(stream.state.counts.eventsDropped == 0)
    }

    /// With nobody else to give way, the entity's own oldest page does: its windows hold its
    /// newest events, and once they are past nothing is left behind.
    @Test func anEntityThatFillsTheTableDropsItsOwnOldest() throws {
        var limits = FeatureLimits()
        limits.retainedEventsMax = 64
        var stream = try FeatureStream(
            [count(days: 30), sum(days: 30), sum(days: nil)], limits: limits)
        for number in 1...1_000 {
            let found = stream.features(.init(time: Int64(number), value: 1))
            #expect(found[0] == found[1] && found[2] == Double(number))
            #expect((Double(min(number, 57))...64).contains(found[0]))
        }
        let counts = stream.state.counts
        #expect(Int(counts.eventsDropped) + counts.retainedEvents == 1_000)
        #expect(counts.retainedEvents <= 64)
        #expect(counts.entitiesEvicted == 0)
        #expect(stream.features(.init(time: 40 * day, value: 1)) == [1, 1, 1_001])
    }

    @Test func aLateEventOfAFullTableIsCountedOnce() throws {
        var limits = FeatureLimits()
        limits.retainedEventsMax = 64
        var stream = try FeatureStream([count(days: 30), sum(days: 30)], limits: limits)
        for number in 1...64 { _ = stream.features(.init(time: Int64(number), value: 1)) }
        let late = stream.features(.init(time: 10, value: 1))
        #expect(late[0] == late[1])
        #expect(stream.state.counts.eventsDropped == 1)
        #expect(stream.features(.init(time: 40 * day, value: 1)) == [1, 1])
    }

    /// Many entities without events in memory stand between the hand and one that has them.
    @Test func whatCannotBeRetainedLeavesNothingBehind() throws {
        var limits = FeatureLimits()
        limits.retainedEventsMax = 16
        limits.windowEventsMax = 8
        var random = SeededGenerator(1)
        var stream = try FeatureStream([count(days: 1), sum(days: 1)], limits: limits)
        var time: Int64 = 0
        for _ in 0..<5_000 {
            time += Int64.random(in: 0...day / 100, using: &random)
            let key = UInt64.random(in: 0..<1_000, using: &random)
            let found = stream.features(.init(key: key, time: time, value: 1))
            #expect(found[0] == found[1])
        }
        #expect(stream.state.counts.retainedEvents <= 16)
    }

    @Test func anEntitySeenAgainAfterIdlingIsNew() throws {
        var limits = FeatureLimits()
        limits.idleMillis = 60 * day
        var stream = try FeatureStream([count(days: nil)], limits: limits)
        #expect(stream.features(.init(time: 0)) == [1])
        #expect(stream.features(.init(time: 60 * day)) == [2])
        #expect(stream.features(.init(time: 120 * day + 1)) == [1])
        #expect(stream.state.counts.entitiesExpired == 1)
        #expect(stream.state.counts.entities == 1)
    }

    @Test func idlingIsNeverShorterThanAWindow() throws {
        var limits = FeatureLimits()
        limits.idleMillis = 1
        var stream = try FeatureStream([count(days: 30)], limits: limits)
        #expect(stream.features(.init(time: 0)) == [1])
        #expect(stream.features(.init(time: 30 * day - 1)) == [2])
        #expect(stream.features(.init(time: 60 * day - 2)) == [2])
        #expect(stream.state.counts.entitiesExpired == 0)
    }

    /// While others are busy, the hand frees what an idle entity no longer needs.
    @Test func theHandFreesTheIdle() throws {
        var limits = FeatureLimits()
        limits.idleMillis = 90 * day
        var stream = try FeatureStream([count(days: 30)], limits: limits)
        for key in 1...100 { _ = stream.features(.init(key: UInt64(key), time: 0)) }
        #expect(stream.state.counts.retainedEvents == 100)
        for step in 1...1_000 { _ = stream.features(.init(key: 0, time: 31 * day + Int64(step))) }
        #expect(stream.state.counts.entities == 101)
        #expect(stream.state.counts.retainedEvents == 1_000)
        for step in 1...1_000 { _ = stream.features(.init(key: 0, time: 91 * day + Int64(step))) }
        #expect(stream.state.counts.entities == 1)
        #expect(stream.state.counts.entitiesExpired == 100)
    }

    /// Events as late as is allowed still find the whole of their windows, edges included.
    @Test func theLatestEventFindsItsWindows() throws {
        var limits = FeatureLimits()
        limits.latenessMillis = 1_000
        var stream = try FeatureStream([count(days: 1), count(days: 1, delay: 1)], limits: limits)
        for time in [0, 1, day, day + 1, 2 * day, 2 * day + 1_000] {
            _ = stream.features(.init(time: time))
        }
        // At 2d: of (1d, 2d] two and itself; of (0, 1d] two. The event at 0 is outside.
        #expect(stream.features(.init(time: 2 * day)) == [3, 2])
        #expect(stream.state.counts.lateEvents == 1)
        #expect(stream.features(.init(time: 2 * day + 1_000)) == [4, 2])
    }

    @Test func anEventOfTheSameTimeIsNotLate() throws {
        var stream = try FeatureStream([count(days: 1)])
        #expect(stream.features(.init(time: 5)) == [1])
        #expect(stream.features(.init(time: 5)) == [2])
        #expect(stream.state.counts.lateEvents == 0)
    }

    @Test func aSumThatOverflowedRecovers() throws {
        var stream = try FeatureStream([sum(days: 1)])
        for time in 0..<3 { _ = stream.features(.init(time: Int64(time), value: 1e308)) }
        #expect(stream.features(.init(time: 2 * day, value: 3)) == [3])
    }

    // MARK: Labels

    @Test func aLabelWithoutItsEventIsIgnored() throws {
        var limits = FeatureLimits()
        limits.entitiesMax = 1
        let labels = Aggregate(
            entity: "key", function: .sum, operand: .label, windowMillis: 10 * day)
        var stream = try FeatureStream([labels], limits: limits, labelHorizon: 10 * day)
        _ = stream.features(.init(key: 1, time: 0))
        let evicted = stream.reference
        // Entity 2 gets row and page of entity 1.
        _ = stream.features(.init(key: 2, time: 1))
        #expect(stream.reference.pages == evicted.pages)
        stream.state.setLabel(5, at: evicted)
        #expect(stream.features(.init(key: 2, time: 2)) == [0])
        let known = stream.reference
        stream.state.setLabel(3, at: known)
        stream.state.setLabel(4, at: known)
        #expect(stream.features(.init(key: 2, time: 3)) == [3], "the first label counts")
        // Past every window and the horizon, the row is no longer retained.
        _ = stream.features(.init(key: 2, time: 21 * day))
        stream.state.setLabel(7, at: evicted)
        stream.state.setLabel(7, at: known)
        #expect(stream.features(.init(key: 2, time: 21 * day + 1)) == [0])
    }

    @Test func aLabelOfAnotherTaskIsIgnored() throws {
        let labels = Aggregate(entity: "key", function: .sum, operand: .label, windowMillis: day)
        var stream = try FeatureStream([labels])
        _ = stream.features(.init(time: 0))
        for page in [UInt32.max, 1, 1_000_000_000] {
            stream.state.setLabel(1, at: .init(ordinal: 77, pages: [page]))
        }
        stream.state.setLabel(.nan, at: stream.reference)
        #expect(stream.features(.init(time: 1)) == [0])
    }
}
