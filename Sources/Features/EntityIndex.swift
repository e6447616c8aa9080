internal import Bytes

/// Finds an entity's row by its 64-bit key: open addressing with linear probing (Knuth, TAOCP 6.4,
/// algorithm L) and deletion by shifting back (algorithm R), at most three quarters full.
struct EntityIndex: ~Copyable {
    static let noRow = UInt32.max

    private var keys: [UInt64]
    private var rows: [UInt32]
    private var mask: Int
    private(set) var count = 0

    init() {
        let slots = 1_024
        keys = Array(repeating: 0, count: slots)
        rows = Array(repeating: Self.noRow, count: slots)
        mask = slots - 1
    }

    var bytes: Int { keys.count * (MemoryLayout<UInt64>.size + MemoryLayout<UInt32>.size) }

    @inline(__always)
    func find(_ key: UInt64) -> UInt32? {
        var slot = home(key)
        while rows[slot] != Self.noRow {
            if keys[slot] == key { return rows[slot] }
            slot = (slot + 1) & mask
        }
        return nil
    }

    /// Adds a key that is not yet present. Amortised O(1); doubling places all keys anew.
    mutating func insert(_ key: UInt64, row: UInt32) {
        if (count + 1) * 4 > rows.count * 3 { grow() }
        place(key, row: row)
        count += 1
    }

    /// Removes a key that is present.
    mutating func remove(_ key: UInt64) {
        var hole = home(key)
        while keys[hole] != key || rows[hole] == Self.noRow { hole = (hole + 1) & mask }
        var slot = (hole + 1) & mask
        while rows[slot] != Self.noRow {
            let fromHome = (slot - home(keys[slot])) & mask
            if fromHome >= (slot - hole) & mask {
                keys[hole] = keys[slot]
                rows[hole] = rows[slot]
                hole = slot
            }
            slot = (slot + 1) & mask
        }
        rows[hole] = Self.noRow
        count -= 1
    }

    @inline(__always)
    private func home(_ key: UInt64) -> Int {
        Int(truncatingIfNeeded: StableHash.mix(key)) & mask
    }

    private mutating func place(_ key: UInt64, row: UInt32) {
        var slot = home(key)
        while rows[slot] != Self.noRow { slot = (slot + 1) & mask }
        keys[slot] = key
        rows[slot] = row
    }

    private mutating func grow() {
        let (oldKeys, oldRows) = (keys, rows)
        keys = Array(repeating: 0, count: oldKeys.count * 2)
        rows = Array(repeating: Self.noRow, count: oldRows.count * 2)
        mask = rows.count - 1
        for slot in oldRows.indices where oldRows[slot] != Self.noRow {
            place(oldKeys[slot], row: oldRows[slot])
        }
    }
}
