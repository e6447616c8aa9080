internal import Bytes
internal import Model

/// Tells how often a hashed category shares its bucket: each bucket remembers 31 other bits of the
/// first value's hash, so a second value goes unnoticed with probability 2^-31. The lowest bit says
/// that there is one.
struct CollisionCounter: ~Copyable {
    var fingerprints: MappedArray<UInt32>
    private let start: Int
    var count: UInt64 = 0

    init(space: FeatureSpace) {
        start = space.numericCount
        fingerprints = MappedArray(capacity: max(space.width - start, 1))
    }

    @inline(__always)
    mutating func observe(_ hash: UInt64, at index: UInt32) {
        let bucket = Int(index) - start
        let fingerprint = UInt32(truncatingIfNeeded: hash >> 32) | 1
        if fingerprints[bucket] == 0 {
            fingerprints[bucket] = fingerprint
        } else if fingerprints[bucket] != fingerprint {
            count += 1
        }
    }
}
