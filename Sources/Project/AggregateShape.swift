internal import Features

/// The functions of an aggregate by their names in the file, with what goes with each.
enum AggregateShape: String, CaseIterable {
    case count, sum, mean, min, max, variance, stddev, first, last, lag, distinct, timeSinceLast
    case decayedCount, decayedSum, decayedMean

    enum Use {
        case required, optional, forbidden
    }

    /// How far back `lag` may look, in events.
    static let lagMax = 1_000

    var isDecayed: Bool { [.decayedCount, .decayedSum, .decayedMean].contains(self) }

    var operand: Use {
        switch self {
        case .timeSinceLast: .forbidden
        case .count, .decayedCount: .optional
        default: .required
        }
    }

    /// Without a window all events of the entity so far count.
    var window: Use {
        switch self {
        case .first, .distinct: .required
        case .decayedCount, .decayedSum, .decayedMean: .forbidden
        default: .optional
        }
    }

    var uses: [(DeclaredFeature.Key, Use)] {
        [
            (.of, operand), (.window, window), (.delay, isDecayed ? .forbidden : .optional),
            (.halfLife, isDecayed ? .required : .forbidden),
            (.n, self == .lag ? .optional : .forbidden),
            (.current, self == .timeSinceLast ? .forbidden : .optional),
        ]
    }

    func meaning(of key: DeclaredFeature.Key) -> String {
        switch key {
        case .of: "`of`: what to summarise, an expression or `label`"
        case .window: "`window`: the time it looks back, such as 7d"
        default: "`halfLife`: the age at which an event counts half, such as 1h"
        }
    }

    func reason(against key: DeclaredFeature.Key) -> String {
        switch key {
        case .of: "it is about the event itself"
        case .window, .delay: "events fade by `halfLife`"
        case .halfLife: "it goes with `decayedCount`, `decayedSum` and `decayedMean`"
        case .n: "it goes with `lag`"
        default: "it is always about the events before"
        }
    }

    func function(back: Int, halfLifeMillis: Int64) -> Aggregate.Function {
        switch self {
        case .count: .count
        case .sum: .sum
        case .mean: .mean
        case .min: .min
        case .max: .max
        case .variance: .variance
        case .stddev: .stddev
        case .first: .first
        case .last: .last
        case .lag: .lag(back)
        case .distinct: .distinct
        case .timeSinceLast: .timeSinceLast
        case .decayedCount: .decayedCount(halfLifeMillis: halfLifeMillis)
        case .decayedSum: .decayedSum(halfLifeMillis: halfLifeMillis)
        case .decayedMean: .decayedMean(halfLifeMillis: halfLifeMillis)
        }
    }
}
