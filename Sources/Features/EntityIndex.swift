internal import Bytes

/// Finds an entity's row by its 64-bit key: open addressing with linear probing (Knuth, TAOCP 6.4,
/// algorithm L) and deletion by shifting back (algorithm R), at most three quarters full.
struct EntityIndex: ~Copyable {
    static let noRow = UInt32.max

    /// Key and row side by side: a look-up touches one cache line, mostly.
    private struct Slot: BitwiseCopyable {
        var key: UInt64 = 0
        var row = EntityIndex.noRow
    }

    private var slots = Array(repeating: Slot(), count: 1_024)
    private(set) var count = 0

    private var mask: Int { slots.count - 1 }

    var bytes: Int { slots.count * MemoryLayout<Slot>.stride }

    @inline(__always)
    func find(_ key: UInt64) -> UInt32? {
        var place = home(key)
        while slots[place].row != Self.noRow {
            if slots[place].key == key { return slots[place].row }
            place = (place + 1) & mask
        }
        return nil
    }

    /// Adds a key that is not yet present. Amortised O(1); doubling places all keys anew.
    mutating func insert(_ key: UInt64, row: UInt32) {
        if (count + 1) * 4 > slots.count * 3 { grow() }
        put(Slot(key: key, row: row))
        count += 1
    }

    /// Removes a key that is present.
    mutating func remove(_ key: UInt64) {
        var hole = home(key)
        while slots[hole].key != key || slots[hole].row == Self.noRow { hole = (hole + 1) & mask }
        var place = (hole + 1) & mask
        while slots[place].row != Self.noRow {
            let fromHome = (place - home(slots[place].key)) & mask
            if fromHome >= (place - hole) & mask {
                slots[hole] = slots[place]
                hole = place
            }
            place = (place + 1) & mask
        }
        slots[hole] = Slot()
        count -= 1
    }

    @inline(__always)
    private func home(_ key: UInt64) -> Int {
        Int(truncatingIfNeeded: StableHash.mix(key)) & mask
    }

    private mutating func put(_ slot: Slot) {
        var place = home(slot.key)
        while slots[place].row != Self.noRow { place = (place + 1) & mask }
        slots[place] = slot
    }

    private mutating func grow() {
        let old = slots
        slots = Array(repeating: Slot(), count: old.count * 2)
        for slot in old where slot.row != Self.noRow { put(slot) }
    }
}
