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
        unsafe withUnsafeTemporaryAllocation(of: Counter.self, capacity: used) { storage in
            let count = unsafe takeOut(into: storage)
            let counters = unsafe UnsafeMutableBufferPointer(rebasing: storage[..<count])
            unsafe put(back: counters)
        }
    }

    /// Adds another table's counts. What stays does not depend on where items stand in the tables.
    mutating func addAll(of other: borrowing FrequentItems) {
        let room = used + other.used
        guard room > 0 else { return }
        unsafe withUnsafeTemporaryAllocation(of: Counter.self, capacity: room) { storage in
            var extra = 0
            for slot in other.counts.indices where other.counts[slot] > 0 {
                let own = self.slot(of: other.keys[slot])
                if counts[own] > 0 {
                    counts[own] += other.counts[slot]
                } else {
                    unsafe storage[extra] = Counter(
                        item: other.keys[slot], count: other.counts[slot])
                    extra += 1
                }
            }
            if used + extra > capacity {
                let rest = unsafe UnsafeMutableBufferPointer(rebasing: storage[extra...])
                extra += unsafe takeOut(into: rest)
            }
            let counters = unsafe UnsafeMutableBufferPointer(rebasing: storage[..<extra])
            unsafe put(back: counters)
        }
    }

    /// An item outside of the table.
    private struct Counter: BitwiseCopyable {
        var item: UInt64
        var count: UInt64
    }

    /// Moves every item out of the table; returns how many.
    private mutating func takeOut(into counters: UnsafeMutableBufferPointer<Counter>) -> Int {
        var next = 0
        for slot in counts.indices where counts[slot] > 0 {
            unsafe counters[next] = Counter(item: keys[slot], count: counts[slot])
            next += 1
            keys[slot] = 0
            counts[slot] = 0
        }
        used = 0
        return next
    }

    /// Puts items into the table in which they are not. When they are too many, which they are only
    /// for an empty table, the median count is taken from each first: at least half of them leave.
    private mutating func put(back counters: UnsafeMutableBufferPointer<Counter>) {
        var median: UInt64 = 0
        if counters.count + used > capacity {
            var counters = unsafe counters
            unsafe counters.sort { ($0.count, $0.item) < ($1.count, $1.item) }
            median = unsafe counters[counters.count / 2].count
            countError += median
        }
        for index in 0..<counters.count {
            let counter = unsafe counters[index]
            guard counter.count > median else { continue }
            let slot = slot(of: counter.item)
            keys[slot] = counter.item
            counts[slot] = counter.count - median
            used += 1
        }
    }
}

extension FrequentItems {
    /// The same items with the same counts; where they stand in the table does not matter.
    public static func == (a: FrequentItems, b: FrequentItems) -> Bool {
        a.capacity == b.capacity && a.total == b.total && a.countError == b.countError
            && a.entries() == b.entries()
    }
}
