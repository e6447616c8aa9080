import Events
import Features
import Sparse
import Testing

/// A plan on demand gives what it computes exactly as the whole plan does, and the rest is missing.
@Suite struct DemandTests {
    @Test(arguments: [
        ["a_count"], ["b_mean"], ["a_count", "ratio"], ["band", "b_max"], ["risk"], [],
    ]) func whatIsComputedIsTheSame(_ demand: [String]) throws {
        let whole = try DemandStream.plan()
        let part = whole.computing(Set(demand))
        #expect(part.inputs == whole.inputs && part.space == whole.space)
        #expect(part.computedInputs == Set(demand) && part.isWhole == false && whole.isWhole)
        var stream = DemandStream(seed: 7)
        var wholeState = FeatureState(plan: whole, limits: FeatureLimits())
        var partState = FeatureState(plan: part, limits: FeatureLimits())
        for _ in 0..<2_000 {
            let event = stream.next()
            let all = DemandStream.step(&wholeState, event)
            let some = DemandStream.step(&partState, event)
            let wanted = all.filter { demand.contains(whole.inputs[whole.input(of: $0.key)]) }
            #expect(some == wanted)
        }
        #expect(partState.counts.retainedEvents <= wholeState.counts.retainedEvents)
    }

    @Test func tablesThatNobodyNeedsAreGone() throws {
        let whole = try DemandStream.plan()
        #expect(whole.entities == ["a", "b"] && whole.labelledEntityCount == 1)
        #expect(whole.computing(["a_count"]).entities == ["a"])
        #expect(whole.computing(["a_count"]).labelledEntityCount == 0)
        #expect(
            whole.computing(["ratio"]).features.first { $0.name == "b_mean" }?.need
                == .neededBy(["ratio"]))
        #expect(whole.computing([]).entities.isEmpty)
    }
}

/// Events of two entities, and a plan over them.
struct DemandStream {
    struct Event {
        var a: Int64
        var b: Int64
        var x: Double
        var time: Int64
    }

    private var state: UInt64
    private var time: Int64 = 1_700_000_000_000

    init(seed: UInt64) { state = seed }

    private mutating func draw(_ below: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(below))
    }

    mutating func next() -> Event {
        time += Int64(draw(50))
        return Event(
            a: Int64(draw(9)), b: Int64(draw(5)), x: Double(draw(1_000)) / 8, time: time)
    }

    static func plan() throws -> FeaturePlan {
        let schema = EventSchema(
            fields: ["id", "time", "a", "b", "x"].map {
                FieldSchema(name: $0, path: [$0], type: $0 == "x" ? .double : .int64)
            }, id: 0, time: 1, required: [])
        func window(
            _ name: String, _ entity: String, _ function: Aggregate.Function,
            _ operand: Aggregate.Operand, _ millis: Int64
        ) -> FeatureDefinition {
            FeatureDefinition(
                name: name,
                kind: .aggregate(
                    Aggregate(
                        entity: entity, function: function, operand: operand, windowMillis: millis))
            )
        }
        return try FeaturePlan(
            schema: schema,
            definitions: [
                window("a_count", "a", .count, .event, 700),
                window("b_mean", "b", .mean, .expression("x + 1"), 900),
                window("b_max", "b", .max, .expression("x"), 300),
                window("risk", "a", .mean, .label, 2_000),
                FeatureDefinition(name: "ratio", kind: .value(expression: "x / b_mean")),
                FeatureDefinition(name: "band", kind: .category(fields: ["a"], bits: 4)),
            ], labelHorizonMillis: 1_000)
    }

    /// The vector that an event gives, by index.
    static func step(_ state: inout FeatureState, _ event: Event) -> [UInt32: Double] {
        var row = EventRow(slots: state.plan.slotCount)
        row.setInteger(event.time, at: 1)
        row.setInteger(event.a, at: 2)
        row.setInteger(event.b, at: 3)
        row.setNumber(event.x, at: 4)
        var vector = SparseVector()
        var reference = FeatureState.Reference()
        state.step(
            row: &row, time: event.time, clock: event.time, into: &vector, reference: &reference)
        return Dictionary(uniqueKeysWithValues: zip(vector.indices, vector.values))
    }
}
