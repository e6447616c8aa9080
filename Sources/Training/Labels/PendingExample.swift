public import Sparse

/// A scored event that waited for its label, as it was stored. One is refilled for every label.
public struct PendingExample: Sendable {
    public internal(set) var id: UInt64 = 0
    /// Event time, milliseconds since the Unix epoch.
    public internal(set) var timeMillis: Int64 = 0
    /// The prediction that was published.
    public internal(set) var score = 0.0
    public internal(set) var vector = SparseVector()
    /// What the caller stored beside it.
    public internal(set) var payload: [UInt32] = []

    public init() {}
}

/// What a label met.
public enum LabelOutcome: Equatable, Sendable {
    /// The event was waiting; it waits no more.
    case joined
    /// The event had its label before.
    case duplicate
    /// The event had matured, or was let go at the limit.
    case late
    /// No such event is remembered: it never came, comes after its label, or is long gone.
    case orphan
}

/// What became of events and labels since the beginning.
public struct PendingCounts: Equatable, Sendable {
    public var joined = 0
    public var duplicates = 0
    public var late = 0
    public var orphans = 0
    /// Matured without a label.
    public var expired = 0
    /// Let go before maturity, because the table was full.
    public var evicted = 0
    /// Not stored: an id that is waiting already, or was resolved lately.
    public var repeatedEvents = 0
    /// Not stored: a vector that alone is larger than the limit.
    public var oversized = 0

    public init() {}
}
