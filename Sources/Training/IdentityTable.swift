internal import Bytes

/// 64-bit identities and what is known of each: open addressing with linear probing, at most half
/// full, so a look-up touches one or two cache lines. Grows by doubling, as its contents do; 32…64
/// bytes an identity.
struct IdentityTable: ~Copyable {
    struct Bucket: BitwiseCopyable {
        var key: UInt64 = 0
        /// 0 marks an empty bucket, so it is no value.
        var value: UInt32 = 0
    }

    private var buckets = MappedArray<Bucket>(capacity: 1_024)
    private(set) var count = 0

    private var mask: Int { buckets.capacity - 1 }

    /// What was set for the key, or 0.
    subscript(key: UInt64) -> UInt32 { buckets[place(of: key)].value }

    mutating func set(_ value: UInt32, for key: UInt64) {
        assert(value != 0, "0 is an empty bucket")
        var place = place(of: key)
        if buckets[place].value == 0 {
            if (count + 1) * 2 > buckets.capacity {
                grow()
                place = self.place(of: key)
            }
            count += 1
        }
        buckets[place] = Bucket(key: key, value: value)
    }

    /// Moves back what had to step over the emptied bucket, so that no search ends early
    /// (Knuth, The Art of Computer Programming 3, 6.4, algorithm R).
    mutating func remove(_ key: UInt64) {
        var hole = place(of: key)
        guard buckets[hole].value != 0 else { return }
        count -= 1
        var next = (hole + 1) & mask
        while buckets[next].value != 0 {
            let distance = (next - home(of: buckets[next].key)) & mask
            if distance >= (next - hole) & mask {
                buckets[hole] = buckets[next]
                hole = next
            }
            next = (next + 1) & mask
        }
        buckets[hole].value = 0
    }

    private func home(of key: UInt64) -> Int {
        Int(truncatingIfNeeded: StableHash.mix(key)) & mask
    }

    /// The key's bucket, or the empty one where it would go.
    private func place(of key: UInt64) -> Int {
        var place = home(of: key)
        while buckets[place].value != 0, buckets[place].key != key { place = (place + 1) & mask }
        return place
    }

    private mutating func grow() {
        var old = MappedArray<Bucket>(capacity: buckets.capacity * 2)
        swap(&old, &buckets)
        for index in 0..<old.capacity where old[index].value != 0 {
            buckets[place(of: old[index].key)] = old[index]
        }
    }
}
