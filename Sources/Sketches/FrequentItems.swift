/// The items that take a large share of a stream, with counts known to within a stated error.
///
/// Misra–Gries counters (Misra & Gries 1982) in the batched form of Anderson et al. 2017 ("A
/// high-performance algorithm for identifying frequent items in data streams"): when more than
/// `capacity` items are counted, the median count is taken from all of them and those that reach
/// zero leave. Merging adds the counters and then does the same (Agarwal et al. 2012, "Mergeable
/// summaries", theorem 2.2).
///
/// - Error, always: an item's true count lies in `least...most` of its entry, which differ by
///   `countError ≤ 2 · total / capacity` (1.6 % at 128), plus what `skip` was told. An item not
///   listed occurred at most `countError` times.
/// - Size: 64 bytes per unit of capacity.
/// - Merging is commutative and associative within that error.
public struct FrequentItems: Sketch {
    /// Items counted at most: a power of two.
    public let capacity: Int
    /// What was inserted, and skipped.
    public internal(set) var total: UInt64 = 0
    /// How much any count may be too low.
    public internal(set) var countError: UInt64 = 0
    /// Slots of an open-addressing table; a count of 0 is a free slot.
    var keys: [UInt64]
    var counts: [UInt64]
    var used = 0
    /// Room for items on their way into another table; empty between calls.
    var spare: [Counter] = []

    /// One item as counted: it occurred at least `least` and at most `most` times.
    public struct Entry: Equatable, Sendable {
        /// What `insert` was given.
        public let item: UInt64
        public let least: UInt64
        public let most: UInt64
    }

    public static var capacities: ClosedRange<Int> { 8...65_536 }

    /// - Precondition: `capacity` is a power of two in `capacities`.
    public init(capacity: Int = 128) {
        precondition(
            Self.capacities.contains(capacity) && capacity.nonzeroBitCount == 1,
            "capacity \(capacity)")
        self.capacity = capacity
        keys = Array(repeating: 0, count: 2 * capacity)
        counts = Array(repeating: 0, count: 2 * capacity)
    }

    public var byteCountMax: Int { MemoryLayout<Self>.size + 64 * capacity }

    public var isEmpty: Bool { total == 0 }

    /// The items that may have occurred more than `countError` times, most frequent first; equally
    /// frequent ones by item.
    public func entries() -> [Entry] {
        counts.indices.filter { counts[$0] > 0 }
            .map { Entry(item: keys[$0], least: counts[$0], most: counts[$0] + countError) }
            .sorted { ($1.least, $0.item) < ($0.least, $1.item) }
    }

    /// The count of one item: all that is known when it is not listed is `0...countError`.
    public func entry(of item: UInt64) -> Entry {
        let slot = slot(of: item)
        return Entry(item: item, least: counts[slot], most: counts[slot] + countError)
    }

    /// Takes in `count` occurrences of an item. About 3 ns for a known item, amortised 20 ns for
    /// one that is not kept.
    public mutating func insert(_ item: UInt64, count: UInt64 = 1) {
        guard count > 0 else { return }
        total += count
        add(item, count)
    }

    /// Takes in `count` occurrences of items that are not looked at, none of them more often than
    /// `each` times: cheap, and paid for with an error of `each`.
    public mutating func skip(_ count: UInt64, each: UInt64) {
        total += count
        countError += each
    }

    /// Adds the counts, item by item; totals and errors add up. O(capacity).
    ///
    /// - Precondition: both have the same capacity.
    public mutating func merge(_ other: borrowing FrequentItems) {
        precondition(capacity == other.capacity, "capacities \(capacity) and \(other.capacity)")
        total += other.total
        countError += other.countError
        addAll(of: other)
    }

    private static func clear(_ words: inout [UInt64]) {
        var words = words.mutableSpan
        for slot in words.indices { words[slot] = 0 }
    }

    public mutating func removeAll() {
        (total, countError, used) = (0, 0, 0)
        Self.clear(&keys)
        Self.clear(&counts)
    }
}
