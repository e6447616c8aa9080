public import Sketches

/// Everything that is told of one feature over one window: counts, moments, quantiles, distinct
/// values, frequent values, and the last one.
///
/// Merges like the sketches it is made of, each with its own promise; counts and the last value are
/// exact. The item of a numeric feature's value is its bit pattern, of a category its bucket.
public struct FeatureSummary: Sketch {
    /// Events, whatever they held.
    public internal(set) var events: UInt64 = 0
    /// Events in which the feature had no value.
    public internal(set) var missing: UInt64 = 0
    /// Events in which it was zero.
    public internal(set) var zero: UInt64 = 0
    /// Events in which it was infinite.
    public internal(set) var nonFinite: UInt64 = 0
    /// Categories: events whose bucket no earlier event had.
    public internal(set) var unseen: UInt64 = 0
    public internal(set) var moments = Moments()
    public internal(set) var quantiles: QuantileSketch
    public internal(set) var distinct: DistinctSketch
    public internal(set) var frequent: FrequentItems
    /// The value of the latest event that had one; a category's bucket.
    public internal(set) var last: Last?

    /// A value and the event time of it, milliseconds since the Unix epoch.
    public struct Last: Equatable, Sendable {
        public var value: Double
        public var timeMillis: Int64

        /// Whether it is the later one; of two at one time the greater, so that merging is
        /// commutative.
        @inline(__always)
        func isLater(than other: Last) -> Bool {
            (timeMillis, value) > (other.timeMillis, other.value)
        }
    }

    public init(_ settings: StatisticsSettings) {
        quantiles = QuantileSketch(k: settings.quantileSize)
        distinct = DistinctSketch(precision: settings.distinctPrecision)
        frequent = FrequentItems(capacity: settings.frequentCapacity)
    }

    public var isEmpty: Bool { events == 0 }

    /// Events in which it had a value, infinite ones included.
    public var present: UInt64 { events - missing }

    public var byteCountMax: Int {
        MemoryLayout<Self>.size + quantiles.byteCountMax + distinct.byteCountMax
            + frequent.byteCountMax
    }

    /// Merges part by part. O(bytes): some 15 µs with the default settings.
    ///
    /// - Precondition: both have the same settings.
    public mutating func merge(_ other: borrowing FeatureSummary) {
        guard other.events > 0 else { return }
        events += other.events
        missing += other.missing
        zero += other.zero
        nonFinite += other.nonFinite
        unseen += other.unseen
        moments.merge(other.moments)
        quantiles.merge(other.quantiles)
        distinct.merge(other.distinct)
        frequent.merge(other.frequent)
        if let theirs = other.last { setLast(theirs) }
    }

    public mutating func removeAll() {
        (events, missing, zero, nonFinite, unseen) = (0, 0, 0, 0, 0)
        last = nil
        moments.removeAll()
        quantiles.removeAll()
        distinct.removeAll()
        frequent.removeAll()
    }

    /// The later one stays.
    mutating func setLast(_ other: Last) {
        guard let own = last else { return last = other }
        if other.isLater(than: own) { last = other }
    }

    /// Whether the other one has the same settings, and so can be merged.
    public func canMerge(_ other: borrowing FeatureSummary) -> Bool {
        quantiles.k == other.quantiles.k && distinct.precision == other.distinct.precision
            && frequent.capacity == other.frequent.capacity
    }
}
