internal import Sparse

/// Vectors of any length in chunks of `chunkEntries` entries that are linked and reused: no vector
/// moves, and nothing is lost between vectors of different lengths but the rest of a last chunk.
///
/// Memory: 196 bytes per chunk in use at the fullest moment.
struct VectorArena: Sendable {
    static let chunkEntries = 16
    static let chunkBytes = chunkEntries * 12 + 4
    /// Marks the end of a chain.
    static let none = UInt32.max

    let chunksMax: Int
    private var indices: [UInt32] = []
    private var values: [Double] = []
    private var next: [UInt32] = []
    private var free = none
    private(set) var chunksUsed = 0

    init(chunksMax: Int) {
        precondition((0..<Int(UInt32.max)).contains(chunksMax), "\(chunksMax) chunks")
        self.chunksMax = chunksMax
        indices.reserveCapacity(chunksMax * Self.chunkEntries)
        values.reserveCapacity(chunksMax * Self.chunkEntries)
        next.reserveCapacity(chunksMax)
    }

    static func chunks(for count: Int) -> Int { (count + chunkEntries - 1) / chunkEntries }

    /// Copies the vector in; the first chunk of its chain, or `none` for an empty one.
    ///
    /// - Precondition: `chunks(for: vector.count)` are free.
    mutating func store(_ vector: borrowing SparseVector) -> UInt32 {
        let sourceIndices = vector.indices.span
        let sourceValues = vector.values.span
        var first = Self.none
        // From the last chunk to the first, so that each knows the one behind it.
        for part in stride(from: Self.chunks(for: vector.count) - 1, through: 0, by: -1) {
            let chunk = takeChunk()
            next[Int(chunk)] = first
            first = chunk
            let start = part * Self.chunkEntries
            let base = Int(chunk) * Self.chunkEntries
            for k in start..<min(start + Self.chunkEntries, vector.count) {
                indices[base + k - start] = sourceIndices[k]
                values[base + k - start] = sourceValues[k]
            }
        }
        return first
    }

    /// Appends a stored vector of `count` entries.
    func append(_ first: UInt32, count: Int, to vector: inout SparseVector) {
        var chunk = first
        var left = count
        while chunk != Self.none, left > 0 {
            let base = Int(chunk) * Self.chunkEntries
            for k in base..<base + min(left, Self.chunkEntries) {
                vector.append(indices[k], values[k])
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
        let chunk = UInt32(next.count)
        next.append(Self.none)
        for _ in 0..<Self.chunkEntries {
            indices.append(0)
            values.append(0)
        }
        return chunk
    }
}
