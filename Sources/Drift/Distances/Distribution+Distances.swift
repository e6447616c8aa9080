/// Distances between two distributions, each with the largest value that the sketches alone could
/// give it: a distance at or below that says nothing.
extension Distribution {
    /// The largest gap between the two shares at or below x (Kolmogorov 1933, Smirnov 1939), 0…1;
    /// 0 where one is empty. O(n + m).
    ///
    /// - Error: at most the sum of the two rank errors.
    public func kolmogorovSmirnov(to other: Distribution) -> Measured {
        var gap = 0.0
        walk(with: other) { _, _, own, theirs in gap = max(gap, abs(own - theirs)) }
        return Measured(gap, resolution: min(1, rankError + other.rankError))
    }

    /// ∫ |F - G| dx, the work of moving one onto the other (Wasserstein 1), in the unit of the
    /// values; 0 where one is empty. O(n + m).
    ///
    /// - Error: at most the sum of the rank errors times the width that both span.
    public func wasserstein(to other: Distribution) -> Measured {
        var work = 0.0
        var low = Double.infinity
        var high = -Double.infinity
        walk(with: other) { from, to, own, theirs in
            low = min(low, from)
            high = max(high, to)
            if to > from { work += abs(own - theirs) * (to - from) }
        }
        guard low <= high else { return Measured(0) }
        return Measured(work, resolution: (rankError + other.rankError) * (high - low))
    }

    /// Calls `visit` for each stretch `from ..< to` between neighbours of all values, with both
    /// shares there; the last stretch is empty. Not at all where one is empty.
    private func walk(
        with other: Distribution, _ visit: (Double, Double, _ own: Double, _ theirs: Double) -> Void
    ) {
        guard !isEmpty, !other.isEmpty else { return }
        let ownWeight = weight
        let otherWeight = other.weight
        var i = 0
        var j = 0
        while i < values.count || j < other.values.count {
            let nextOwn = i < values.count ? values[i] : .infinity
            let nextOther = j < other.values.count ? other.values[j] : .infinity
            let here = min(nextOwn, nextOther)
            if nextOwn == here { i += 1 }
            if nextOther == here { j += 1 }
            let next = min(
                i < values.count ? values[i] : .infinity,
                j < other.values.count ? other.values[j] : .infinity)
            visit(
                here, next.isFinite ? next : here,
                i == 0 ? 0 : cumulative[i - 1] / ownWeight,
                j == 0 ? 0 : other.cumulative[j - 1] / otherWeight)
        }
    }
}

/// A distance as computed from two sketches.
public struct Measured: Equatable, Sendable {
    public var value: Double
    /// The largest value that two sketches of one and the same distribution could show; 0 for exact
    /// samples. At or below it nothing is distinguished.
    public var resolution: Double
    /// What it cannot be less than, whatever the sketches' error.
    public var atLeast = 0.0

    public init(_ value: Double, resolution: Double = 0) {
        self.value = value
        self.resolution = resolution
    }

    /// Whether the distance is more than the sketches' error.
    public var isDistinguishable: Bool { decisive > 0 }

    /// What of it thresholds are held to: all of it where it is more than the sketches' error.
    public var decisive: Double { value > resolution ? value : atLeast }

    /// Both numbers in another unit.
    func divided(by unit: Double) -> Measured {
        guard unit > 0 else { return Measured(0) }
        var measured = Measured(value / unit, resolution: resolution / unit)
        measured.atLeast = atLeast / unit
        return measured
    }
}
