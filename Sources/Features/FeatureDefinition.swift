/// A feature as the project file declares it; expressions are still source text.
public struct FeatureDefinition: Equatable, Sendable {
    public let name: String
    public let kind: Kind

    public init(name: String, kind: Kind) {
        self.name = name
        self.kind = kind
    }

    /// Where the feature's value comes from.
    public enum Kind: Equatable, Sendable {
        /// A number computed from fields and other features.
        case value(expression: String)
        /// A summary of an entity's past events.
        case aggregate(Aggregate)
        /// A one-hot feature: the values of one or more fields, hashed together (several: a cross).
        case category(fields: [String], bits: Int)
    }
}

/// What is summarised, over which of the entity's events.
///
/// For an event at time *t* the window holds the entity's events with
/// `t - delay - window < time <= t - delay` (all milliseconds of event time).
public struct Aggregate: Equatable, Sendable {
    /// What is told of the events in the window.
    public enum Function: Equatable, Sendable {
        case count, sum, mean, min, max, variance, stddev, first, last
        /// The value `n` events before the newest one in the window; `lag(1)` is the one before it.
        case lag(Int)
        /// Distinct values, exact over the events retained.
        case distinct
        /// Milliseconds since the entity's newest event in the window.
        case timeSinceLast
        /// Sums weighed by `2^(-age / halfLife)`, without a window.
        case decayedCount(halfLifeMillis: Int64)
        case decayedSum(halfLifeMillis: Int64)
        case decayedMean(halfLifeMillis: Int64)
    }

    /// What goes into the aggregate.
    public enum Operand: Equatable, Sendable {
        /// `count`, `timeSinceLast`: the event itself.
        case event
        /// A number or text expression over the event's fields.
        case expression(String)
        /// The event's label, known when it has arrived.
        case label
    }

    public var entity: String
    public var function: Function
    public var operand: Operand
    /// How far back the window reaches, in milliseconds before `time - delayMillis`.
    ///
    /// Nil means the entity's whole life for `count`, `sum`, `mean`, `min`, `max`, `variance`,
    /// `stddev` and the decayed functions, and all its retained events for `last`, `lag` and
    /// `timeSinceLast`; `first` and `distinct` must have a window, the decayed functions none.
    public var windowMillis: Int64?
    public var delayMillis: Int64
    /// Whether the current event counts (only with `delay` 0).
    public var includesCurrent: Bool
    /// The value when there is nothing to summarise; NaN (missing) unless the project says
    /// otherwise.
    public var otherwise: Double

    public init(
        entity: String, function: Function, operand: Operand = .event, windowMillis: Int64? = nil,
        delayMillis: Int64 = 0, includesCurrent: Bool = true, otherwise: Double = .nan
    ) {
        self.entity = entity
        self.function = function
        self.operand = operand
        self.windowMillis = windowMillis
        self.delayMillis = delayMillis
        self.includesCurrent = includesCurrent
        self.otherwise = otherwise
    }
}
