internal import Bytes

/// Counts distinct 64-bit values by a table that is emptied in O(1): a slot belongs to the current
/// count only while it bears its number.
///
/// Open addressing with linear probing, at most half full: 12 bytes a slot. It doubles when it
/// must, and so allocates only when a count is greater than any before it, rounded up to a power of
/// two.
struct DistinctCounter: ~Copyable {
    private var values: [UInt64]
    private var stamps: [UInt32]
    private var stamp: UInt32 = 1
    /// Values may be a stranger's choice, as the keys of `KeyIndex`.
    private let secret = StableHash.processSecret
    private(set) var count = 0

    init() {
        values = Array(repeating: 0, count: Self.slotsMin)
        stamps = Array(repeating: 0, count: Self.slotsMin)
    }

    private static let slotsMin = 64

    mutating func removeAll() {
        count = 0
        stamp &+= 1
        guard stamp == 0 else { return }
        for slot in stamps.indices { stamps[slot] = 0 }
        stamp = 1
    }

    /// Amortised O(1).
    mutating func insert(_ value: UInt64) {
        let slot = slot(of: value)
        guard stamps[slot] != stamp else { return }
        values[slot] = value
        stamps[slot] = stamp
        count += 1
        if 2 * count > values.count { grow() }
    }

    /// Where the value stands, or the free slot where it belongs.
    @inline(__always)
    private func slot(of value: UInt64) -> Int {
        let mask = values.count - 1
        var slot = Int(truncatingIfNeeded: StableHash.mix(value ^ secret)) & mask
        while stamps[slot] == stamp, values[slot] != value { slot = (slot + 1) & mask }
        return slot
    }

    private mutating func grow() {
        let (oldValues, oldStamps) = (values, stamps)
        values = Array(repeating: 0, count: 2 * oldValues.count)
        stamps = Array(repeating: 0, count: 2 * oldStamps.count)
        for old in oldValues.indices where oldStamps[old] == stamp {
            let slot = slot(of: oldValues[old])
            values[slot] = oldValues[old]
            stamps[slot] = stamp
        }
    }
}
