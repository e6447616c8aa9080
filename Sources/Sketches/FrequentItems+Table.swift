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
        if used > capacity { purge() }
    }

    /// Takes the median count from every item: at least half of them leave.
    private mutating func purge() {
        let kept = used
        unsafe withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 2 * kept) { storage in
            var sorted = unsafe UnsafeMutableBufferPointer(rebasing: storage[..<kept])
            let items = unsafe UnsafeMutableBufferPointer(rebasing: storage[kept...])
            var next = 0
            for slot in counts.indices where counts[slot] > 0 {
                unsafe sorted[next] = counts[slot]
                next += 1
            }
            unsafe sorted.sort()
            let median = unsafe sorted[kept / 2]
            next = 0
            for slot in counts.indices where counts[slot] > 0 {
                if counts[slot] > median {
                    unsafe items[next] = keys[slot]
                    unsafe sorted[next] = counts[slot] - median
                    next += 1
                }
                keys[slot] = 0
                counts[slot] = 0
            }
            countError += median
            used = next
            for index in 0..<next {
                let slot = unsafe slot(of: items[index])
                unsafe keys[slot] = items[index]
                unsafe counts[slot] = sorted[index]
            }
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
