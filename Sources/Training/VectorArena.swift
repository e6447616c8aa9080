internal import Bytes
internal import Sparse

/// Vectors of any length in chunks of `chunkEntries` entries that are linked and reused: no vector
/// moves, and nothing is lost between vectors of different lengths but the rest of a last chunk.
///
///     chunk: | 16 values, 8 bytes each | 16 indices, 4 bytes each |      192 bytes
///     next:  | the chunk behind it, 4 bytes |
///
/// Memory: 196 bytes per chunk in use at the fullest moment.
struct VectorArena: ~Copyable {
    static let chunkEntries = 16
    static let chunkBytes = chunkEntries * 12 + 4
    /// Marks the end of a chain.
    static let none = UInt32.max

    static let indicesWord = chunkEntries
    static let chunkWords = chunkEntries + chunkEntries / 2

    let chunksMax: Int
    private(set) var words: MappedArray<UInt64>
    private(set) var next: MappedArray<UInt32>
    private var chunksTouched = 0
    private var free = none
    private(set) var chunksUsed = 0

    init(chunksMax: Int) {
        precondition((0..<Int(UInt32.max)).contains(chunksMax), "\(chunksMax) chunks")
        self.chunksMax = chunksMax
        words = MappedArray(capacity: max(chunksMax, 1) * Self.chunkWords)
        next = MappedArray(capacity: max(chunksMax, 1))
    }

    static func chunks(for count: Int) -> Int { (count + chunkEntries - 1) / chunkEntries }

    /// Copies the vector in; the first chunk of its chain, or `none` for an empty one.
    ///
    /// - Precondition: `chunks(for: vector.count)` are free.
    mutating func store(_ vector: borrowing SparseVector) -> UInt32 {
        let indices = vector.indices.span
        let values = vector.values.span
        var first = Self.none
        // From the last chunk to the first, so that each knows the one behind it.
        for part in stride(from: Self.chunks(for: vector.count) - 1, through: 0, by: -1) {
            let chunk = takeChunk()
            next[Int(chunk)] = first
            first = chunk
            let start = part * Self.chunkEntries
            let base = Int(chunk) * Self.chunkWords
            let count = min(Self.chunkEntries, vector.count - start)
            for k in 0..<count { words[base + k] = values[start + k].bitPattern }
            for pair in 0..<(count + 1) / 2 {
                let low = indices[start + 2 * pair]
                let high = 2 * pair + 1 < count ? indices[start + 2 * pair + 1] : 0
                words[base + Self.indicesWord + pair] = UInt64(low) | UInt64(high) << 32
            }
        }
        return first
    }

    /// Appends a stored vector of `count` entries.
    func append(_ first: UInt32, count: Int, to vector: inout SparseVector) {
        var chunk = first
        var left = count
        while chunk != Self.none, left > 0 {
            let base = Int(chunk) * Self.chunkWords
            vector.append(atMost: min(left, Self.chunkEntries)) { indices, values in
                for k in 0..<min(left, Self.chunkEntries) {
                    let pair = words[base + Self.indicesWord + k / 2]
                    indices.append(UInt32(truncatingIfNeeded: pair >> UInt64(32 * (k & 1))))
                    values.append(Double(bitPattern: words[base + k]))
                }
            }
            left -= Self.chunkEntries
            chunk = next[Int(chunk)]
        }
    }

    mutating func release(_ first: UInt32) {
        var chunk = first
        while chunk != Self.none {
            let after = next[Int(chunk)]
            next[Int(chunk)] = free
            free = chunk
            chunksUsed -= 1
            chunk = after
        }
    }

    private mutating func takeChunk() -> UInt32 {
        precondition(chunksUsed < chunksMax, "\(chunksMax) chunks in use")
        chunksUsed += 1
        if free != Self.none {
            let chunk = free
            free = next[Int(chunk)]
            return chunk
        }
        chunksTouched += 1
        return UInt32(chunksTouched - 1)
    }
}
