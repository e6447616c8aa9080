internal import Bytes
internal import Sparse

/// Vectors of any length in chunks of `chunkEntries` entries that are linked and reused: no vector
/// moves, and nothing is lost between vectors of different lengths but the rest of a last chunk.
///
///     values:  | 16 × 8 bytes | for each chunk
///     indices: | 16 × 4 bytes |
///     next:    | the chunk behind it, 4 bytes |
///
/// Memory: 196 bytes per chunk in use at the fullest moment.
struct VectorArena: ~Copyable {
    static let chunkEntries = 16
    static let chunkBytes = chunkEntries * 12 + 4
    /// Marks the end of a chain.
    static let none = UInt32.max

    let chunksMax: Int
    private(set) var values: MappedArray<Double>
    private(set) var indices: MappedArray<UInt32>
    private(set) var next: MappedArray<UInt32>
    private var chunksTouched = 0
    private var free = none
    private(set) var chunksUsed = 0

    init(chunksMax: Int) {
        precondition((0..<Int(UInt32.max)).contains(chunksMax), "\(chunksMax) chunks")
        self.chunksMax = chunksMax
        values = MappedArray(capacity: max(chunksMax, 1) * Self.chunkEntries)
        indices = MappedArray(capacity: max(chunksMax, 1) * Self.chunkEntries)
        next = MappedArray(capacity: max(chunksMax, 1))
    }

    static func chunks(for count: Int) -> Int { (count + chunkEntries - 1) / chunkEntries }

    /// Copies the vector in; the first chunk of its chain, or `none` for an empty one.
    ///
    /// - Precondition: `chunks(for: vector.count)` are free.
    mutating func store(_ vector: borrowing SparseVector) -> UInt32 {
        var first = Self.none
        // From the last chunk to the first, so that each knows the one behind it.
        for part in stride(from: Self.chunks(for: vector.count) - 1, through: 0, by: -1) {
            let chunk = takeChunk()
            next[Int(chunk)] = first
            first = chunk
            let start = part * Self.chunkEntries
            let end = min(start + Self.chunkEntries, vector.count)
            fill(
                chunk, vector.indices.span.extracting(start..<end),
                vector.values.span.extracting(start..<end))
        }
        return first
    }

    private mutating func fill(
        _ chunk: UInt32, _ indices: Span<UInt32>, _ values: Span<Double>
    ) {
        let place = Self.place(of: chunk, count: values.count)
        var storedValues = self.values.mutableSpan(place)
        for k in values.indices { storedValues[k] = values[k] }
        var storedIndices = self.indices.mutableSpan(place)
        for k in indices.indices { storedIndices[k] = indices[k] }
    }

    static func place(of chunk: UInt32, count: Int) -> Range<Int> {
        let start = Int(chunk) * chunkEntries
        return start..<start + count
    }

    /// Appends a stored vector of `count` entries.
    func append(_ first: UInt32, count: Int, to vector: inout SparseVector) {
        var chunk = first
        var left = count
        while chunk != Self.none, left > 0 {
            let place = Self.place(of: chunk, count: min(left, Self.chunkEntries))
            vector.append(indices.span(place), values.span(place))
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
