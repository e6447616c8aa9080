/// Which index of a vector means what: first the numeric features, then one block of buckets for
/// each hashed feature, in order.
///
///     0 ..< n        n ..< n + 2^b0     n + 2^b0 ..< n + 2^b0 + 2^b1   …
///     | numeric n | buckets of block 0 | buckets of block 1           | … |
///
/// A numeric index that is absent from a vector, or holds no finite number, is missing.
public struct FeatureSpace: Equatable, Sendable {
    /// A learner keeps 32 bytes and a model 4 bytes per index: 2 GB and 256 MB at this limit.
    public static let widthMax = 1 << 26
    /// The most bits one hashed block may have.
    public static let bitsMax = 24

    public let numericCount: Int
    /// Bits of each hashed block: block *b* has `2^blockBits[b]` buckets.
    public let blockBits: [Int]
    private let blockStarts: [Int]
    /// All indices of a vector are below this.
    public let width: Int

    /// Nil when a block has not 1…`bitsMax` bits, or the whole is wider than `widthMax`.
    public init?(numericCount: Int, blockBits: [Int] = []) {
        guard (0...Self.widthMax).contains(numericCount) else { return nil }
        var starts: [Int] = []
        var end = numericCount
        for bits in blockBits {
            guard (1...Self.bitsMax).contains(bits) else { return nil }
            starts.append(end)
            end += 1 << bits
            guard end <= Self.widthMax else { return nil }
        }
        self.numericCount = numericCount
        self.blockBits = blockBits
        blockStarts = starts
        width = end
    }

    /// The indices of one hashed block.
    public func buckets(ofBlock block: Int) -> Range<Int> {
        blockStarts[block]..<blockStarts[block] + (1 << blockBits[block])
    }

    /// The index for a value's 64-bit hash in a block: its low bits choose the bucket.
    public func index(block: Int, hash: UInt64) -> UInt32 {
        let mask = UInt64(1) << UInt64(blockBits[block]) - 1
        return UInt32(truncatingIfNeeded: UInt64(blockStarts[block]) + (hash & mask))
    }

    /// The hashed block an index belongs to; nil for a numeric one. O(blocks).
    public func block(of index: UInt32) -> Int? {
        blockStarts.lastIndex { $0 <= Int(index) }
    }
}
