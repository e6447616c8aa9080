internal import Bytes
public import Sketches

/// Takes a span's events of one feature in, in bounded memory, for their profile.
///
/// Memory: 8 bytes times some 3 × `quantileSize`, 4 kB for different values, and the names of
/// `categoriesMax` categories.
public struct FeatureTally: Sendable {
    /// Categories counted by name; what comes after so many is counted as others.
    public static let categoriesMax = 10_000

    private var events = 0.0
    private var missing = 0.0
    private var nonFinite = 0.0
    private var zero = 0.0
    private var moments = Moments()
    /// Of the window that is not closed yet.
    private var window = Moments()
    private var windows = WindowSpread()
    private var quantiles: QuantileSketch
    private var categories: [String: Double]?
    /// Different values of the window that is not closed yet, and of whole windows before.
    private var distinct = DistinctSketch(precision: 12)
    private var windowDistincts = (sum: 0.0, windows: 0.0)

    /// - Parameters:
    ///   - quantileSize: the k of the quantile sketch: 2,000 is off by 0.2 % of the ranks.
    ///   - areCategories: whether names come in place of numbers.
    public init(quantileSize: Int = 2_000, areCategories: Bool = false) {
        quantiles = QuantileSketch(k: quantileSize)
        if areCategories { categories = [:] }
    }

    /// Takes in one event's value, NaN for a missing one.
    public mutating func insert(_ value: Double) {
        events += 1
        guard value.isFinite else {
            if value.isNaN { missing += 1 } else { nonFinite += 1 }
            return
        }
        if value == 0 { zero += 1 }
        distinct.insert(hash: StableHash.mix((value + 0).bitPattern))
        window.insert(value)
        quantiles.insert(value)
    }

    /// Takes in one event's category, nil for a missing one.
    public mutating func insert(category: String?) {
        events += 1
        guard let category else {
            missing += 1
            return
        }
        distinct.insert(hash: StableHash.of(category))
        add(category, 1)
    }

    /// Ends a tumbling window: how the windows' means vary is what the design effect is made of.
    ///
    /// - Parameter isWhole: whether all of its events were taken in. Different values are counted
    ///   over whole windows alone, as they do not grow as the length of a window does.
    public mutating func closeWindow(isWhole: Bool = true) {
        if isWhole, !distinct.isEmpty {
            windowDistincts.sum += distinct.estimate
            windowDistincts.windows += 1
        }
        distinct.removeAll()
        windows.add(
            count: Double(window.count), mean: window.mean,
            variance: window.count > 1 ? window.variance : 0)
        moments.merge(window)
        window.removeAll()
    }

    /// Takes in the events that the other has seen; the design effect and the different values a
    /// window stay this one's.
    public mutating func merge(_ other: borrowing FeatureTally) {
        events += other.events
        missing += other.missing
        nonFinite += other.nonFinite
        zero += other.zero
        moments.merge(other.moments)
        moments.merge(other.window)
        quantiles.merge(other.quantiles)
        for (name, count) in other.categories ?? [:] { add(name, count) }
    }

    private mutating func add(_ category: String, _ count: Double) {
        if categories?[category] != nil || (categories?.count ?? 0) < Self.categoriesMax {
            categories?[category, default: 0] += count
        }
    }

    /// Of what was taken in so far: finite values or categories, their mean and variance.
    public var spread: (present: Double, mean: Double, variance: Double) {
        var all = moments
        all.merge(window)
        let present = max(0, events - missing - nonFinite)
        guard categories == nil else { return (present, .nan, .nan) }
        return (present, all.mean, all.count > 1 ? all.variance : all.count == 1 ? 0 : .nan)
    }

    /// Different values a whole window on average; nil before the first.
    public var distinctCount: DistinctCount? {
        guard windowDistincts.windows > 0 else { return nil }
        return DistinctCount(
            windowDistincts.sum / windowDistincts.windows, relativeError: distinct.relativeError)
    }

    /// What was taken in so far.
    public var profile: FeatureProfile {
        var profile = FeatureProfile()
        profile.events = events
        profile.missing = missing
        profile.nonFinite = nonFinite
        profile.zero = zero
        profile.designEffect = windows.designEffect
        profile.distinct = distinctCount
        if let categories {
            profile.categories = CategoryCounts(
                categories.map { CategoryCounts.Entry(name: $0.key, count: $0.value) },
                total: events - missing)
        } else {
            profile.distribution = Distribution(quantiles)
            (_, profile.mean, profile.variance) = spread
        }
        return profile
    }
}

extension Distribution {
    /// The sorted view of a quantile sketch, with its promise for all ranks at once.
    public init(_ sketch: QuantileSketch) {
        let view = sketch.distribution()
        var weights: [Double] = []
        weights.reserveCapacity(view.cumulative.count)
        for place in view.cumulative.indices {
            let before = place > 0 ? view.cumulative[place - 1] : 0
            weights.append(Double(view.cumulative[place] - before))
        }
        self.init(
            ascending: view.values, weights: weights,
            rankError: sketch.count <= UInt64(sketch.k) ? 0 : sketch.distributionError)
    }
}
