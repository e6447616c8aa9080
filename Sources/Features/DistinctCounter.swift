internal import Bytes

/// Counts distinct 64-bit values by a table that is emptied in O(1): a slot belongs to the current count
/// only while it bears its number.
struct DistinctCounter: ~Copyable {
    private var values: [UInt64]
    private var stamps: [UInt32]
    private var stamp: UInt32 = 0
    private(set) var count = 0

    /// - Parameter valuesMax: the most values that are inserted between two `removeAll`.
    init(valuesMax: Int) {
        var slots = 16
        while slots < 2 * valuesMax { slots *= 2 }
        values = Array(repeating: 0, count: slots)
        stamps = Array(repeating: 0, count: slots)
    }

    mutating func removeAll() {
        count = 0
        stamp &+= 1
        guard stamp == 0 else { return }
        for slot in stamps.indices { stamps[slot] = 0 }
        stamp = 1
    }

    mutating func insert(_ value: UInt64) {
        let mask = values.count - 1
        var slot = Int(truncatingIfNeeded: StableHash.mix(value)) & mask
        while stamps[slot] == stamp {
            if values[slot] == value { return }
            slot = (slot + 1) & mask
        }
        values[slot] = value
        stamps[slot] = stamp
        count += 1
    }
}
