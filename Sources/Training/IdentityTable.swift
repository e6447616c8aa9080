internal import Bytes

/// 64-bit identities and what is known of each: open addressing with linear probing, at most half full,
/// so a look-up touches one or two cache lines. Grows by doubling, never beyond what `countMax` needs.
struct IdentityTable: Sendable {
    /// 0 marks an empty bucket, so it is no value.
    private var values: [UInt32]
    private var keys: [UInt64]
    private(set) var count = 0

    private static let bucketsMin = 64

    init() {
        values = Array(repeating: 0, count: Self.bucketsMin)
        keys = Array(repeating: 0, count: Self.bucketsMin)
    }

    private var mask: Int { values.count - 1 }

    /// What was set for the key, or 0.
    subscript(key: UInt64) -> UInt32 { values[bucket(of: key)] }

    mutating func set(_ value: UInt32, for key: UInt64) {
        assert(value != 0, "0 is an empty bucket")
        var place = bucket(of: key)
        if values[place] == 0 {
            if (count + 1) * 2 > values.count {
                grow()
                place = bucket(of: key)
            }
            count += 1
            keys[place] = key
        }
        values[place] = value
    }

    /// Moves back what had to step over the emptied bucket, so that no search ends early
    /// (Knuth, The Art of Computer Programming 3, 6.4, algorithm R).
    mutating func remove(_ key: UInt64) {
        var hole = bucket(of: key)
        guard values[hole] != 0 else { return }
        count -= 1
        var next = (hole + 1) & mask
        while values[next] != 0 {
            let distance = (next - home(of: keys[next])) & mask
            if distance >= (next - hole) & mask {
                keys[hole] = keys[next]
                values[hole] = values[next]
                hole = next
            }
            next = (next + 1) & mask
        }
        values[hole] = 0
    }

    private func home(of key: UInt64) -> Int {
        Int(truncatingIfNeeded: StableHash.mix(key)) & mask
    }

    /// The key's bucket, or the empty one where it would go.
    private func bucket(of key: UInt64) -> Int {
        var place = home(of: key)
        while values[place] != 0, keys[place] != key { place = (place + 1) & mask }
        return place
    }

    private mutating func grow() {
        let (oldKeys, oldValues) = (keys, values)
        keys = Array(repeating: 0, count: oldKeys.count * 2)
        values = Array(repeating: 0, count: oldValues.count * 2)
        for place in oldValues.indices where oldValues[place] != 0 {
            let bucket = bucket(of: oldKeys[place])
            keys[bucket] = oldKeys[place]
            values[bucket] = oldValues[place]
        }
    }
}
