import TestSupport
import Testing

@testable import Features

/// A state of which a part is kept goes on bit for bit as the whole one does.
@Suite struct NarrowingTests {
    private typealias Day = EveryAggregate

    private static let definitions = EveryAggregate.list.enumerated().map {
        FeatureDefinition(name: "f\($0)", kind: .aggregate($1))
    }

    private static func limits() -> FeatureLimits {
        var limits = FeatureLimits()
        limits.latenessMillis = 2 * Day.day
        limits.entitiesMax = 1_000
        limits.idleMillis = 40 * Day.day
        return limits
    }

    private static func plan() throws -> FeaturePlan {
        try FeaturePlan(
            schema: FeatureStream.schema, definitions: definitions,
            latenessMillis: limits().latenessMillis, labelHorizonMillis: 20 * Day.day)
    }

    /// Labels that were on their way find their events again.
    @Test(arguments: UInt64(0)..<24) func theRestGoesOnAsItWas(seed: UInt64) throws {
        var random = SeededGenerator(seed)
        let whole = try Self.plan()
        // A label window among them, without which labels would lose their entity.
        var kept: Set = ["f\(Self.definitions.count - 1)"]
        for _ in 0..<Int.random(in: 0...12, using: &random) {
            kept.insert("f\(Int.random(in: 0..<Self.definitions.count, using: &random))")
        }
        let part = whole.computing(kept)
        var wide = FeatureStream(whole, limits: Self.limits())
        var narrow = FeatureStream(whole, limits: Self.limits())
        var pending: [(due: Int64, wide: FeatureState.Reference, narrow: FeatureState.Reference)] =
            []
        var clock: Int64 = 1_000_000
        let turn = Int.random(in: 0..<600, using: &random)
        for number in 0..<1_200 {
            clock += Int64.random(in: 1...Day.day / 5, using: &random)
            if number == turn {
                let isNarrowed = narrow.state.narrow(to: part, limits: Self.limits())
                try #require(isNarrowed)
                #expect(narrow.state.counts.entities == wide.state.counts.entities)
            }
            for due in pending where due.due <= clock {
                let label = Double(Int.random(in: 0...3, using: &random)) / 4
                wide.state.setLabel(label, at: due.wide)
                narrow.state.setLabel(label, at: due.narrow)
            }
            pending.removeAll { $0.due <= clock }
            let event = FeatureStream.Event(by: clock, &random)
            let (expected, found) = (wide.features(event), narrow.features(event))
            for (place, definition) in Self.definitions.enumerated()
            where kept.contains(definition.name) {
                let isAlike = expected[place].bitPattern == found[place].bitPattern
                #expect(
                    isAlike,
                    "seed \(seed), \(number): \(definition), \(found[place]), \(expected[place])")
            }
            let delay = Int64.random(in: 0...3 * Day.day, using: &random)
            pending.append((clock + delay, wide.reference, narrow.reference))
        }
        #expect(narrow.state.counts.stateBytes < wide.state.counts.stateBytes)
    }

    /// Decayed sums alone retain no events.
    @Test func whereNothingIsRetainedPagesAreGone() throws {
        let decayed = try #require(
            EveryAggregate.list.firstIndex {
                if case .decayedMean = $0.function { true } else { false }
            })
        let plain = Self.definitions.filter { definition in
            guard case .aggregate(let aggregate) = definition.kind else { return true }
            return aggregate.operand != .label
        }
        let whole = try FeaturePlan(schema: FeatureStream.schema, definitions: plain)
        var wide = FeatureStream(whole)
        var narrow = FeatureStream(whole)
        var random = SeededGenerator(3)
        for number in 0..<400 {
            let event = FeatureStream.Event(
                by: 1_000_000 + Int64(number) * Day.day / 8, &random)
            if number == 200 {
                let part = whole.computing(["f\(decayed)"])
                let isNarrowed = narrow.state.narrow(to: part, limits: FeatureLimits())
                try #require(isNarrowed)
                #expect(narrow.state.counts.retainedEvents == 0)
            }
            let (expected, found) = (wide.features(event), narrow.features(event))
            #expect(expected[decayed].bitPattern == found[decayed].bitPattern)
        }
        #expect(narrow.state.counts.retainedEvents == 0)
    }

    /// Without their entity, labels on their way could not be told from others.
    @Test func labelsKeepTheirEntity() throws {
        let whole = try Self.plan()
        var stream = FeatureStream(whole)
        stream.step(.init(time: 5, value: 1))
        let isNarrowed = stream.state.narrow(
            to: whole.computing(["f0"]), limits: FeatureLimits())
        #expect(!isNarrowed && stream.state.plan.isWhole)
    }
}
