/// How one input of a model was used, counted exactly.
public struct UsageCounts: Equatable, Sendable {
    /// Events in which it had a value; in all others it was computed and missing.
    public internal(set) var present: UInt64 = 0
    /// Events in which it moved the margin: its weight is not zero and its value is not the mean.
    public internal(set) var weighed: UInt64 = 0
    /// Sum of |contribution| to the margin.
    public internal(set) var moved = 0.0
    /// Events in which no other input moved the margin further.
    public internal(set) var topReasons: UInt64 = 0
    /// Events that would have been decided otherwise without it: its contribution taken away, the
    /// margin crosses the threshold.
    public internal(set) var crossings: UInt64 = 0
    /// Where there was none yet, later and earlier than any time.
    private var firstUse = Int64.max
    private var lastUse = Int64.min

    /// Event time of the first and last event that weighed it, milliseconds since the Unix epoch.
    public var firstUseMillis: Int64? { firstUse <= lastUse ? firstUse : nil }
    public var lastUseMillis: Int64? { firstUse <= lastUse ? lastUse : nil }

    public init() {}

    /// As they were published.
    public init(
        present: UInt64, weighed: UInt64, moved: Double, topReasons: UInt64, crossings: UInt64,
        firstUseMillis: Int64?, lastUseMillis: Int64?
    ) {
        self.present = present
        self.weighed = weighed
        self.moved = moved
        self.topReasons = topReasons
        self.crossings = crossings
        firstUse = firstUseMillis ?? .max
        lastUse = lastUseMillis ?? .min
    }

    /// Takes in what was counted elsewhere: of another model, or in another partition.
    public mutating func merge(_ other: UsageCounts) {
        present += other.present
        weighed += other.weighed
        moved += other.moved
        topReasons += other.topReasons
        crossings += other.crossings
        firstUse = min(firstUse, other.firstUse)
        lastUse = max(lastUse, other.lastUse)
    }

    /// Counts an event that it moved the margin in.
    ///
    /// - Parameters:
    ///   - size: how far, 0 and more.
    ///   - isCrossing: whether the event would have been decided otherwise without it.
    @inline(__always)
    mutating func note(_ size: Double, isCrossing: Bool, timeMillis: Int64) {
        weighed &+= 1
        moved += size
        if isCrossing { crossings &+= 1 }
        firstUse = min(firstUse, timeMillis)
        lastUse = max(lastUse, timeMillis)
    }
}

/// How the inputs of one model were used.
public struct ModelUsage: Equatable, Sendable {
    /// The model's version; all states of one that learns are `online`.
    public let model: String
    /// Events scored, each with all inputs computed.
    public internal(set) var events: UInt64 = 0
    /// By input.
    public internal(set) var inputs: [UsageCounts]

    init(model: String, inputs: Int) {
        self.model = model
        self.inputs = Array(repeating: UsageCounts(), count: inputs)
    }

    /// Sum of |contribution| over all inputs.
    public var moved: Double { inputs.reduce(0) { $0 + $1.moved } }

    /// The input's part of everything that moved margins, 0 to 1.
    public func share(of input: Int) -> Double {
        let moved = moved
        return moved > 0 ? inputs[input].moved / moved : 0
    }
}
