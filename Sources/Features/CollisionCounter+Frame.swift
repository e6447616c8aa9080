internal import Bytes

/// Stretches of the buckets' fingerprints: `| first bucket u64 | fingerprint u32 × n |`.
///
/// Stretches are read while counting goes on, and belong to no one moment. That is harmless: a
/// bucket is set once, by the first value that falls into it, and when the records since the cut
/// are stepped again the same value comes first again.
extension CollisionCounter {
    var bucketCount: Int { fingerprints.capacity }

    func append(_ buckets: Range<Int>, to payload: inout ByteWriter) {
        payload.append(count: buckets.lowerBound)
        payload.append(fingerprints.bytes(buckets))
    }

    mutating func restore(_ bytes: RawSpan) throws(FormatError) {
        var reader = ByteReader(bytes)
        let first = try reader.readCount("first bucket", max: bucketCount)
        let size = MemoryLayout<UInt32>.size
        guard reader.remaining % size == 0, reader.remaining / size <= bucketCount - first else {
            throw .invalid(field: "buckets", at: reader.offset)
        }
        fingerprints.fill(from: first, with: reader.rest)
    }

    mutating func restore(count: UInt64) { self.count = count }
}
