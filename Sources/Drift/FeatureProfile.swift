/// What one span of events says of one feature: all that drift is computed from.
public struct FeatureProfile: Equatable, Sendable {
    /// Events of the span; those below are among them.
    public var events = 0.0
    /// Without a value.
    public var missing = 0.0
    /// Infinite or not a number.
    public var nonFinite = 0.0
    /// Exactly zero.
    public var zero = 0.0
    /// Of a category that no earlier event of the stream had; nil where that is not counted.
    public var unseen: Double?
    /// Different values a window, and the relative standard error of that estimate; nil where they
    /// are not counted over spans of one length.
    public var distinct: DistinctCount?
    /// Of the finite values; NaN without any.
    public var mean = Double.nan
    /// Of the finite values, over n - 1; 0 of one value, NaN without any.
    public var variance = Double.nan
    /// Of the finite values.
    public var distribution = Distribution.empty
    /// Set for features of categories.
    public var categories: CategoryCounts?
    /// How many events weigh as one independent one, because those of a span are alike: at least 1
    /// (Kish 1965; see `DesignEffect`).
    public var designEffect = 1.0

    public init() {}

    /// The profile of an exact sample, NaN being a missing value. O(n log n).
    public init(exactly sample: [Double]) {
        events = Double(sample.count)
        missing = Double(sample.count(where: \.isNaN))
        nonFinite = Double(sample.count(where: \.isInfinite))
        zero = Double(sample.count { $0 == 0 })
        let finite = sample.filter(\.isFinite)
        distribution = Distribution(exactly: finite)
        guard !finite.isEmpty else { return }
        let count = Double(finite.count)
        let first = finite.reduce(0) { $0 + $1 / count }
        mean = first
        variance = finite.reduce(0) { $0 + ($1 - first) * ($1 - first) / max(1, count - 1) }
    }

    /// The profile of an exact sample of categories, nil being a missing one.
    public init(exactly sample: [String?]) {
        events = Double(sample.count)
        missing = Double(sample.count { $0 == nil })
        categories = CategoryCounts(exactly: sample.compactMap { $0 })
    }

    /// Events with a finite value or a category.
    public var present: Double { max(0, events - missing - nonFinite) }

    /// √variance, 0 where there is none.
    public var deviation: Double { variance > 0 ? variance.squareRoot() : 0 }

    /// A count as a share of the events, 0…1.
    func share(_ count: Double) -> Double { events > 0 ? min(1, count / events) : 0 }

    /// So many events as independent ones that say the same.
    func effective(_ count: Double) -> Double { count / max(1, designEffect) }
}

/// An estimated number of different values.
public struct DistinctCount: Equatable, Sendable {
    public var estimate: Double
    /// The estimate's standard error as a share of it; 0 for an exact count.
    public var relativeError: Double

    public init(_ estimate: Double, relativeError: Double = 0) {
        self.estimate = estimate
        self.relativeError = relativeError
    }
}
