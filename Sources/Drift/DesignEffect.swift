/// How much the means of windows vary beyond what independent events would give: the method of
/// batch means (Law and Kelton 2000, section 9.5.3), as a design effect (Kish 1965).
///
/// The events of an hour are of the same hour of day, the same customers and the same day of the
/// week; their number overstates what they say. A difference is judged by
/// `events / designEffect`.
public struct DesignEffect: Equatable, Sendable {
    var windows = 0.0
    var events = 0.0
    var mean = 0.0
    /// Σ events · (mean - overall mean)².
    var between = 0.0
    /// Σ events · variance.
    var within = 0.0

    public init() {}

    /// Takes one window: so many finite values of this mean and variance. What is empty or not
    /// finite is ignored.
    public mutating func add(count: Double, mean windowMean: Double, variance: Double) {
        guard count > 0, windowMean.isFinite, variance.isFinite else { return }
        let gap = windowMean - mean
        let total = events + count
        between += events * count / total * gap * gap
        mean += gap * count / total
        within += count * variance
        events = total
        windows += 1
    }

    /// The variance of the windows' means over that of as many independent events of the same
    /// law, 1 at least and the events of a window at most. 1 until there are `windowsMin` windows,
    /// or when nothing varies.
    public var value: Double {
        guard windows >= Self.windowsMin, events > windows, within + between > 0 else { return 1 }
        let expected = (within + between) / (events - 1)
        return max(1, between / (windows - 1) / expected)
    }

    /// Windows below which their spread says too little.
    public static let windowsMin = 4.0
}
