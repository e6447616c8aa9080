import Events
import Sparse
import TestSupport
import Testing

@testable import Features

/// Windows against plain lists, over seeded streams of events, late events and labels.
struct WindowTests {
    static let day: Int64 = 1_000

    static let aggregates: [Aggregate] = {
        var all: [Aggregate] = []
        let functions: [Aggregate.Function] = [
            .count, .sum, .mean, .min, .max, .variance, .stddev, .first, .last, .lag(0), .lag(2), .distinct,
        ]
        for function in functions {
            for (window, delay, current) in [
                (day, Int64(0), true), (day, 0, false), (7 * day, 2 * day, true), (30 * day, 0, true),
            ] {
                all.append(
                    Aggregate(
                        entity: "key", function: function, operand: .expression("value"),
                        windowMillis: window, delayMillis: delay, includesCurrent: current))
            }
        }
        all += [
            Aggregate(entity: "key", function: .count, windowMillis: 3 * day),
            Aggregate(entity: "key", function: .count, windowMillis: 3 * day, delayMillis: day),
            Aggregate(
                entity: "key", function: .distinct, operand: .expression("text"), windowMillis: 7 * day),
            Aggregate(entity: "key", function: .timeSinceLast, windowMillis: 2 * day, otherwise: -1),
            Aggregate(entity: "key", function: .timeSinceLast),
            Aggregate(entity: "key", function: .last, operand: .expression("value"), includesCurrent: false),
            Aggregate(entity: "key", function: .lag(3), operand: .expression("value")),
            Aggregate(entity: "key", function: .count),
            Aggregate(entity: "key", function: .sum, operand: .expression("value")),
            Aggregate(entity: "key", function: .max, operand: .expression("value")),
            Aggregate(
                entity: "key", function: .mean, operand: .label, windowMillis: 7 * day,
                delayMillis: 2 * day, otherwise: 0),
            Aggregate(entity: "key", function: .sum, operand: .label, windowMillis: 30 * day),
            Aggregate(
                entity: "key", function: .count, operand: .label, windowMillis: 7 * day,
                delayMillis: 7 * day),
            Aggregate(
                entity: "key", function: .decayedCount(halfLifeMillis: day)),
            Aggregate(
                entity: "key", function: .decayedSum(halfLifeMillis: 5 * day),
                operand: .expression("value"), includesCurrent: false),
            Aggregate(
                entity: "key", function: .decayedMean(halfLifeMillis: 5 * day),
                operand: .expression("value")),
        ]
        return all
    }()

    static let schema = EventSchema(
        fields: [
            FieldSchema(name: "id", path: ["id"], type: .int64),
            FieldSchema(name: "key", path: ["key"], type: .int64),
            FieldSchema(name: "value", path: ["value"], type: .double),
            FieldSchema(name: "text", path: ["text"], type: .string),
        ], id: 0, time: nil)

    struct Shape: Sendable {
        var keys: Int
        var lateShare: Double
        var labelDelayMax: Int64
        /// Mean time between events, as a share of a day.
        var pace: Double
    }

    static let shapes = [
        Shape(keys: 1, lateShare: 0, labelDelayMax: 3 * day, pace: 0.1),
        Shape(keys: 5, lateShare: 0, labelDelayMax: 10 * day, pace: 0.02),
        Shape(keys: 3, lateShare: 0.2, labelDelayMax: 3 * day, pace: 0.1),
        Shape(keys: 40, lateShare: 0.05, labelDelayMax: 20 * day, pace: 0.3),
    ]

    @Test(arguments: UInt64(0)..<8, shapes)
    func everyAggregateAgreesWithPlainLists(seed: UInt64, shape: Shape) throws {
        var random = SeededGenerator(seed)
        let lateness = 2 * Self.day
        let definitions = Self.aggregates.enumerated().map {
            FeatureDefinition(name: "f\($0)", kind: .aggregate($1))
        }
        let plan = try FeaturePlan(
            schema: Self.schema, definitions: definitions, latenessMillis: lateness,
            labelHorizonMillis: 20 * Self.day)
        var limits = FeatureLimits()
        limits.latenessMillis = lateness
        var state = FeatureState(plan: plan, limits: limits)
        var naive = NaiveWindows()
        var row = EventRow(slots: plan.slotCount)
        var vector = SparseVector()
        var reference = FeatureState.Reference()
        var pending: [(due: Int64, key: UInt64, reference: FeatureState.Reference)] = []
        var clock: Int64 = 1_000_000
        for _ in 0..<600 {
            clock += Int64.random(in: 0...Int64(2 * shape.pace * Double(Self.day)), using: &random)
            let isLate = Double.random(in: 0..<1, using: &random) < shape.lateShare
            let time = isLate ? clock - Int64.random(in: 0...lateness, using: &random) : clock
            for due in pending where due.due <= clock {
                let label = Double(UInt64.random(in: 0...3, using: &random)) / 4
                state.setLabel(label, at: due.reference)
                naive.setLabel(label, key: due.key, ordinal: due.reference.ordinal)
            }
            pending.removeAll { $0.due <= clock }

            let key = UInt64.random(in: 0..<UInt64(shape.keys), using: &random)
            let isMissing = UInt64.random(in: 0..<10, using: &random) == 0
            let value = isMissing ? .nan : Double(Int64.random(in: -40...40, using: &random)) / 4
            let text = isMissing ? nil : "t\(UInt64.random(in: 0..<6, using: &random))"
            row.removeAll()
            row.setInteger(Int64(key), at: 1)
            if !isMissing { row.setNumber(value, at: 2) }
            if let text { unsafe row.setText(text.utf8Span.span.bytes, at: 3) }
            state.step(row: &row, time: time, clock: clock, into: &vector, reference: &reference)
            let expected = naive.observe(
                key: key, .init(time: time, ordinal: reference.ordinal, value: value, text: text),
                Self.aggregates)
            for (index, aggregate) in Self.aggregates.enumerated() {
                let found = row.numbers[plan.slot(of: "f\(index)") ?? 0]
                if !agree(found, expected[index], aggregate) {
                    Issue.record(
                        "seed \(seed) \(shape) at \(time): \(aggregate): \(found), \(expected[index])")
                }
            }
            pending.append(
                (clock + Int64.random(in: 0...shape.labelDelayMax, using: &random), key, reference))
        }
    }

    /// Values are quarters, so sums are exact; only roots, moments and powers may differ in the last bits.
    private func agree(_ found: Double, _ expected: Double, _ aggregate: Aggregate) -> Bool {
        if found.isNaN || expected.isNaN { return found.isNaN && expected.isNaN }
        switch aggregate.function {
        case .variance, .stddev, .decayedCount, .decayedSum, .decayedMean:
            return abs(found - expected) <= 1e-6 * max(1, abs(expected))
        default: return found == expected
        }
    }
}
