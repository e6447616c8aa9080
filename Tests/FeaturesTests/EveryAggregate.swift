@testable import Features

/// Every function with every kind of window, over the fields of `FeatureStream`.
enum EveryAggregate {
    /// The unit of time here, in milliseconds.
    static let day: Int64 = 1_000

    /// What the longest window above, 30 days, needs.
    static let longestMillis = 30 * day
    /// `lag(3)` without a window needs four events.
    static let keptRowsMin = 4

    static let list: [Aggregate] = functions + texts + lives + labels

    private static let functions: [Aggregate] = {
        let functions: [Aggregate.Function] = [
            .count, .sum, .mean, .min, .max, .variance, .stddev, .first, .last, .lag(0), .lag(2),
            .distinct,
        ]
        let windows = [
            (day, Int64(0), true), (day, 0, false), (7 * day, 2 * day, true), (30 * day, 0, true),
        ]
        return functions.flatMap { function in
            windows.map { window, delay, current in
                Aggregate(
                    entity: "key", function: function, operand: .expression("value"),
                    windowMillis: window, delayMillis: delay, includesCurrent: current)
            }
        }
    }()

    private static let texts = [
        Aggregate(entity: "key", function: .count, windowMillis: 3 * day),
        Aggregate(entity: "key", function: .count, windowMillis: 3 * day, delayMillis: day),
        Aggregate(
            entity: "key", function: .distinct, operand: .expression("text"),
            windowMillis: 7 * day),
        Aggregate(entity: "key", function: .timeSinceLast, windowMillis: 2 * day, otherwise: -1),
    ]

    private static let lives = [
        Aggregate(entity: "key", function: .timeSinceLast),
        Aggregate(
            entity: "key", function: .last, operand: .expression("value"), includesCurrent: false),
        Aggregate(entity: "key", function: .lag(3), operand: .expression("value")),
        Aggregate(entity: "key", function: .count),
        Aggregate(entity: "key", function: .sum, operand: .expression("value")),
        Aggregate(entity: "key", function: .max, operand: .expression("value")),
        Aggregate(entity: "key", function: .decayedCount(halfLifeMillis: day)),
        Aggregate(
            entity: "key", function: .decayedSum(halfLifeMillis: 5 * day),
            operand: .expression("value"), includesCurrent: false),
        Aggregate(
            entity: "key", function: .decayedMean(halfLifeMillis: 5 * day),
            operand: .expression("value")),
    ]

    private static let labels = [
        Aggregate(
            entity: "key", function: .mean, operand: .label, windowMillis: 7 * day,
            delayMillis: 2 * day, otherwise: 0),
        Aggregate(entity: "key", function: .sum, operand: .label, windowMillis: 30 * day),
        Aggregate(
            entity: "key", function: .count, operand: .label, windowMillis: 7 * day,
            delayMillis: 7 * day),
    ]

    /// Values are quarters, so sums are exact; only roots, moments and powers may differ in the
    /// last bits.
    static func agree(_ found: Double, _ expected: Double, _ aggregate: Aggregate) -> Bool {
        if found.isNaN || expected.isNaN { return found.isNaN && expected.isNaN }
        switch aggregate.function {
        case .variance, .stddev, .decayedCount, .decayedSum, .decayedMean:
            return abs(found - expected) <= 1e-6 * max(1, abs(expected))
        default: return found == expected
        }
    }
}
