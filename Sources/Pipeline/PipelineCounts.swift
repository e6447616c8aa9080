public import Events

/// Why a record was turned away.
public enum Rejection: Hashable, Sendable {
    case undecodable(DecodeError.Reason)
    /// Older than the newest event by more than the lateness allowed.
    case late
    /// Further ahead of its record's timestamp than allowed.
    case ahead

    /// The code in counters and dead-letter headers.
    public var code: String {
        switch self {
        case .undecodable(let reason): reason.rawValue
        case .late: "late"
        case .ahead: "ahead"
        }
    }
}

/// What went through a pipeline since its start.
public struct PipelineCounts: Equatable, Sendable {
    public var events: UInt64 = 0
    public var labels: UInt64 = 0
    public var predictions: UInt64 = 0
    /// Events without a label that counted as negative, or were dropped, at maturity.
    public var matured: UInt64 = 0
    public var rejections: [Rejection: UInt64] = [:]

    public var rejected: UInt64 { rejections.values.reduce(0, +) }

    public init() {}
}
