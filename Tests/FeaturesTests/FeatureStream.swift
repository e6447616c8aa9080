import Bytes
import Events
import Sparse
import TestSupport

@testable import Features

/// A feature state fed by hand: one event in, every declared feature out.
struct FeatureStream: ~Copyable {
    /// Fields `key` and `other` (int64), `value` and `more` (double), `text` and `word` (string),
    /// `flag` (bool).
    static let schema = EventSchema(
        fields: [
            FieldSchema(name: "id", path: ["id"], type: .int64),
            FieldSchema(name: "key", path: ["key"], type: .int64),
            FieldSchema(name: "value", path: ["value"], type: .double),
            FieldSchema(name: "text", path: ["text"], type: .string),
            FieldSchema(name: "other", path: ["other"], type: .int64),
            FieldSchema(name: "more", path: ["more"], type: .double),
            FieldSchema(name: "word", path: ["word"], type: .string),
            FieldSchema(name: "flag", path: ["flag"], type: .bool),
        ], id: 0, time: nil)

    struct Event {
        var key: UInt64 = 1
        var time: Int64
        var value = Double.nan
        var text: String?
        var other: Int64?
    }

    let plan: FeaturePlan
    var state: FeatureState
    var row: EventRow
    var vector = SparseVector()
    var reference = FeatureState.Reference()
    private var clock = Int64.min
    private let slots: [Int]

    init(_ plan: FeaturePlan, limits: FeatureLimits = FeatureLimits()) {
        self.plan = plan
        state = FeatureState(plan: plan, limits: limits)
        row = EventRow(slots: plan.slotCount)
        slots = plan.features.map { $0.slot ?? plan.timeSlot }
    }

    /// A stream of the aggregates, named `f0`, `f1`, …
    init(
        _ aggregates: [Aggregate], limits: FeatureLimits = FeatureLimits(), labelHorizon: Int64 = 0
    ) throws {
        let definitions = aggregates.enumerated().map {
            FeatureDefinition(name: "f\($0)", kind: .aggregate($1))
        }
        self.init(
            try FeaturePlan(
                schema: Self.schema, definitions: definitions,
                latenessMillis: limits.latenessMillis, labelHorizonMillis: labelHorizon),
            limits: limits)
    }

    /// Fills the row as a decoder would, and steps.
    mutating func step(_ event: Event) {
        row.removeAll()
        row.setInteger(Int64(bitPattern: event.key), at: 1)
        if !event.value.isNaN { row.setNumber(event.value, at: 2) }
        if let text = event.text { unsafe row.setText(text.utf8Span.span.bytes, at: 3) }
        if let other = event.other { row.setInteger(other, at: 4) }
        step(at: event.time)
    }

    /// Steps with the row as it is.
    mutating func step(at time: Int64) {
        clock = max(clock, time)
        state.step(row: &row, time: time, clock: clock, into: &vector, reference: &reference)
    }

    /// The values of all features after a step, in declared order.
    var values: [Double] {
        var values: [Double] = []
        for slot in slots { values.append(row.numbers[slot]) }
        return values
    }

    /// Steps, and returns the values of all features.
    mutating func features(_ event: Event) -> [Double] {
        step(event)
        return values
    }
}

extension FeatureStream.Event {
    /// An event of one of twelve keys that has come by `clock`: some late by up to two days of
    /// `EveryAggregate`, some without values.
    init(by clock: Int64, _ random: inout SeededGenerator) {
        let isLate = Int.random(in: 0..<8, using: &random) == 0
        let age = isLate ? Int64.random(in: 0...2 * EveryAggregate.day, using: &random) : 0
        self.init(key: UInt64.random(in: 0..<12, using: &random), time: clock - age)
        guard Int.random(in: 0..<10, using: &random) > 0 else { return }
        value = Double(Int64.random(in: -40...40, using: &random)) / 4
        text = "t\(Int.random(in: 0..<6, using: &random))"
    }
}
