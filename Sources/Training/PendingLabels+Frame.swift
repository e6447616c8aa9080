public import Bytes
internal import Sparse

/// The table as a frame of kind `pendingLabels`, version 1; all numbers little-endian:
///
///     | maturity i64 | payload count u64 | 8 × count u64 |
///     | pending u64 | entry × pending, oldest first |
///     | resolved u64 | resolution × resolved, oldest first |
///     entry: | id u64 | time i64 | score f64 | n u32 | n × (index u32 | value f64) |
///            | payload u32 × count |
///     resolution: | id u64 | had its label u8 |
extension PendingLabels {
    static let frameVersion: UInt16 = 1
    private static let entryBytesMin = 28

    /// Appends the table; reading it back resumes with the same answers.
    public func append(to writer: inout ByteWriter) {
        writer.appendFrame(.pendingLabels, version: Self.frameVersion) { payload in
            payload.append(fixed: maturityMillis)
            payload.append(count: payloadCount)
            for value in counts.inOrder { payload.append(count: value) }
            payload.append(count: count)
            var vector = SparseVector()
            var slot = oldest
            while slot != Self.none {
                append(slot, through: &vector, to: &payload)
                slot = entries[Int(slot)].newer
            }
            payload.append(count: resolved.count)
            for k in resolved.indices {
                let id = resolved[(resolvedNext + k) % resolved.count]
                payload.append(fixed: id)
                payload.append(fixed: UInt8(table[id] == Self.resolvedWithLabel ? 1 : 0))
            }
        }
    }

    private func append(
        _ slot: UInt32, through vector: inout SparseVector, to payload: inout ByteWriter
    ) {
        let entry = entries[Int(slot)]
        payload.append(fixed: entry.id)
        payload.append(fixed: entry.timeMillis)
        payload.append(fixed: entry.score)
        payload.append(fixed: entry.vectorCount)
        vector.removeAll()
        vectors.append(entry.firstChunk, count: Int(entry.vectorCount), to: &vector)
        for k in 0..<vector.count {
            payload.append(fixed: vector.indices[k])
            payload.append(fixed: vector.values[k])
        }
        for k in 0..<payloadCount { payload.append(fixed: payloads[Int(slot) * payloadCount + k]) }
    }

    /// Reads a table that `append(to:)` wrote, from the front of `bytes`. Under smaller limits than
    /// it was written with the oldest are let go.
    ///
    /// - Throws: `FormatError.invalid` also when maturity or payload count are not those given.
    public init(
        restoring bytes: RawSpan, maturityMillis: Int64, payloadCount: Int,
        limits: Limits = Limits()
    ) throws(FormatError) {
        self.init(maturityMillis: maturityMillis, payloadCount: payloadCount, limits: limits)
        let frame = try Frame(bytes, kind: .pendingLabels, newestVersion: Self.frameVersion)
        var reader = ByteReader(frame.payload)
        guard try reader.readInt64() == maturityMillis,
            try reader.readCount("payload count", max: payloadCount) == payloadCount
        else { throw .invalid(field: "maturity or payload count", at: 0) }
        var stored = PendingCounts()
        for path in PendingCounts.order {
            stored[keyPath: path] = try reader.readCount("counts", max: Int.max)
        }
        let pending = try reader.readCount("pending", itemBytes: Self.entryBytesMin)
        var example = PendingExample()
        for _ in 0..<pending { try restoreEntry(from: &reader, through: &example) }
        for _ in 0..<(try reader.readCount("resolved", itemBytes: 9)) {
            let id = try reader.readUInt64()
            let hadLabel = try reader.readFlag("had its label")
            guard table[id] == 0 else { throw .invalid(field: "id", at: reader.offset) }
            remember(id, as: hadLabel ? Self.resolvedWithLabel : Self.resolvedWithout)
        }
        try reader.end()
        counts = stored
    }

    private mutating func restoreEntry(
        from reader: inout ByteReader, through example: inout PendingExample
    ) throws(FormatError) {
        let id = try reader.readUInt64()
        let time = try reader.readInt64()
        let score = try reader.readDouble()
        let start = reader.offset
        let length = Int(try reader.readUInt32())
        guard length <= reader.remaining / 12 else { throw .invalid(field: "vector", at: start) }
        example.vector.removeAll()
        for _ in 0..<length {
            example.vector.append(try reader.readUInt32(), try reader.readDouble())
        }
        example.payload.removeAll(keepingCapacity: true)
        for _ in 0..<payloadCount { example.payload.append(try reader.readUInt32()) }
        guard
            store(
                id: id, timeMillis: time, score: score, vector: example.vector,
                payload: example.payload.span, reorderStepsMax: 0)
        else { throw .invalid(field: "id", at: start) }
    }
}

extension PendingCounts {
    static var order: [WritableKeyPath<PendingCounts, Int>] {
        [
            \.joined, \.duplicates, \.late, \.orphans, \.expired, \.evicted, \.repeatedEvents,
            \.oversized,
        ]
    }

    var inOrder: [Int] { Self.order.map { self[keyPath: $0] } }
}
