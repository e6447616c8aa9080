internal import Bytes

extension FrequentItems {
    /// The item's slot, or the free slot where it belongs. At most half of the slots are taken.
    @inline(__always)
    func slot(of item: UInt64) -> Int {
        let mask = counts.count - 1
        var slot = Int(truncatingIfNeeded: StableHash.mix(item)) & mask
        while counts[slot] > 0, keys[slot] != item { slot = (slot + 1) & mask }
        return slot
    }

    mutating func add(_ item: UInt64, _ count: UInt64) {
        let slot = slot(of: item)
        if counts[slot] == 0 {
            keys[slot] = item
            used += 1
        }
        counts[slot] += count
        guard used > capacity else { return }
        var counters = takeSpare()
        takeOut(into: &counters)
        put(back: counters)
        returnSpare(&counters)
    }

    /// Adds another table's counts. What stays does not depend on where items stand in the tables.
    mutating func addAll(of other: borrowing FrequentItems) {
        var counters = takeSpare()
        for slot in other.counts.indices where other.counts[slot] > 0 {
            let own = self.slot(of: other.keys[slot])
            if counts[own] > 0 {
                counts[own] += other.counts[slot]
            } else {
                counters.append(Counter(item: other.keys[slot], count: other.counts[slot]))
            }
        }
        if used + counters.count > capacity { takeOut(into: &counters) }
        put(back: counters)
        returnSpare(&counters)
    }

    /// An item outside of the table.
    struct Counter: BitwiseCopyable {
        var item: UInt64
        var count: UInt64
    }

    /// The buffer for items outside of the table, empty: kept, so that only its growth allocates.
    private mutating func takeSpare() -> [Counter] {
        var counters: [Counter] = []
        swap(&counters, &spare)
        return counters
    }

    private mutating func returnSpare(_ counters: inout [Counter]) {
        counters.removeAll(keepingCapacity: true)
        swap(&counters, &spare)
    }

    /// Moves every item out of the table.
    private mutating func takeOut(into counters: inout [Counter]) {
        for slot in counts.indices where counts[slot] > 0 {
            counters.append(Counter(item: keys[slot], count: counts[slot]))
            keys[slot] = 0
            counts[slot] = 0
        }
        used = 0
    }

    /// Puts items into the table in which they are not. When they are too many, which they are only
    /// for an empty table, the median count is taken from each first: at least half of them leave.
    private mutating func put(back counters: [Counter]) {
        var median: UInt64 = 0
        if counters.count + used > capacity {
            median = Self.median(of: counters)
            countError += median
        }
        for counter in counters where counter.count > median {
            let slot = slot(of: counter.item)
            keys[slot] = counter.item
            counts[slot] = counter.count - median
            used += 1
        }
    }

    /// The least count that more than half of the items do not exceed. By bisection of the counts,
    /// which allocates nothing: O(items × log greatest count).
    private static func median(of counters: [Counter]) -> UInt64 {
        var (low, high) = (UInt64(0), counters.reduce(0) { max($0, $1.count) })
        while low + 1 < high {
            let middle = low + (high - low) / 2
            let atMost = counters.reduce(0) { $0 + ($1.count <= middle ? 1 : 0) }
            if atMost > counters.count / 2 { high = middle } else { low = middle }
        }
        return high
    }
}

extension FrequentItems {
    /// The same items with the same counts; where they stand in the table does not matter.
    public static func == (a: FrequentItems, b: FrequentItems) -> Bool {
        a.capacity == b.capacity && a.total == b.total && a.countError == b.countError
            && a.entries() == b.entries()
    }
}
