public import Model

/// Running mean and variance of each numeric feature (Welford 1962, in the weighted form of West
/// 1979). Missing values are left out.
public struct OnlineScaler: Sendable {
    struct Moments: BitwiseCopyable {
        var weight = 0.0
        var mean = 0.0
        /// Σ weight (x - mean)².
        var squares = 0.0
    }

    /// A value beyond ± this is taken as this, so that squares stay finite whatever the input.
    static let valueMax = 1e100

    var moments: [Moments]

    public init(numericCount: Int) {
        moments = Array(repeating: Moments(), count: numericCount)
    }

    public var numericCount: Int { moments.count }

    /// Adds one value to a feature's statistics, unless it is missing (NaN, infinite).
    public mutating func observe(_ value: Double, at index: Int, weight: Double = 1) {
        guard value.isFinite else { return }
        moments[index].add(max(-Self.valueMax, min(Self.valueMax, value)), weight: weight)
    }

    /// Mean and standard deviation (divisor n) so far; scale 0 until two values differed.
    public func standardization(at index: Int) -> Standardization {
        let moments = moments[index]
        guard moments.weight > 0 else { return Standardization(mean: 0, scale: 0) }
        return Standardization(
            mean: moments.mean, scale: (moments.squares / moments.weight).squareRoot())
    }
}

extension OnlineScaler.Moments {
    @inline(__always)
    mutating func add(_ value: Double, weight added: Double) {
        weight += added
        let distance = value - mean
        mean += distance * (added / weight)
        squares += added * distance * (value - mean)
    }
}
