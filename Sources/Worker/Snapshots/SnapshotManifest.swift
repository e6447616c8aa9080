internal import Bytes

/// What a chain of snapshots in the topic consists of: the last record of it, so that one without a
/// manifest is none.
///
///     frame of kind snapshotManifest, version 2:
///     | task u32 | slot u8 | parts u32 | part × parts |
///     part: | next batch u64 | chunks u32 | bytes u64 | digest u64 |
///
/// Version 1 has one part, and no count of them.
struct SnapshotManifest: Equatable, Sendable {
    var task: Int
    /// A task's two newest chains stand in two slots, whose keys a compacted topic keeps.
    var slot: Int
    /// The files of the chain, the whole one first; their chunks are numbered through.
    var parts: [Part] = []

    /// A snapshot's file.
    struct Part: Equatable, Sendable {
        /// The number of the first batch that the state does not hold.
        var next: UInt64
        var chunks = 0
        var byteCount = 0
        /// XXH3-64 of each chunk, seeded with that of the chunk before; 0 before the first.
        var digest: UInt64 = 0

        init(next: UInt64) { self.next = next }

        /// Takes in the next chunk.
        mutating func add(_ chunk: RawSpan) {
            chunks += 1
            byteCount += chunk.byteCount
            digest = StableHash.of(chunk, seed: digest)
        }
    }

    static let slots = 2
    private static let version: UInt16 = 2
    static let chunksMax = 1 << 24

    init(task: Int, slot: Int) { (self.task, self.slot) = (task, slot) }

    /// The number of the first batch that the newest does not hold.
    var next: UInt64 { parts.last?.next ?? 0 }

    var chunks: Int { parts.reduce(0) { $0 + $1.chunks } }

    func append(to writer: inout ByteWriter) {
        writer.appendFrame(.snapshotManifest, version: Self.version) { payload in
            payload.append(fixed: UInt32(task))
            payload.append(fixed: UInt8(slot))
            payload.append(fixed: UInt32(parts.count))
            for part in parts { part.append(to: &payload) }
        }
    }

    init(_ bytes: RawSpan) throws(FormatError) {
        let frame = try Frame(bytes, kind: .snapshotManifest, newestVersion: Self.version)
        var reader = ByteReader(frame.payload)
        task = Int(try reader.readUInt32())
        slot = Int(try reader.readUInt8())
        for _ in 0..<(frame.version == 1 ? 1 : try reader.readUInt32()) {
            parts.append(try Part(restoring: &reader, chunksMax: Self.chunksMax - chunks))
        }
        try reader.end()
        guard slot < Self.slots, !parts.isEmpty else {
            throw .invalid(field: "slot or parts", at: 0)
        }
    }
}

extension SnapshotManifest.Part {
    fileprivate func append(to payload: inout ByteWriter) {
        payload.append(fixed: next)
        payload.append(fixed: UInt32(chunks))
        payload.append(count: byteCount)
        payload.append(fixed: digest)
    }

    fileprivate init(
        restoring reader: inout ByteReader, chunksMax: Int
    ) throws(FormatError) {
        next = try reader.readUInt64()
        chunks = Int(try reader.readUInt32())
        byteCount = try reader.readCount("bytes", max: Int.max)
        digest = try reader.readUInt64()
        guard chunks <= chunksMax else { throw .invalid(field: "chunks", at: reader.offset) }
    }
}

/// Keys of the topic: `task/slot/chunk`, and `task/slot` for the manifest.
struct SnapshotKey: Hashable {
    var task: Int
    var slot: Int
    /// Nil for the manifest.
    var chunk: Int?

    init(task: Int, slot: Int, chunk: Int? = nil) {
        (self.task, self.slot, self.chunk) = (task, slot, chunk)
    }

    init?(_ bytes: RawSpan) {
        let text = unsafe bytes.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
        guard (2...3).contains(parts.count), let task = parts[0], let slot = parts[1] else {
            return nil
        }
        self.init(task: task, slot: slot)
        guard parts.count == 3 else { return }
        guard let chunk = parts[2] else { return nil }
        self.chunk = chunk
    }

    var bytes: [UInt8] {
        Array("\(task)/\(slot)\(chunk.map { "/\($0)" } ?? "")".utf8)
    }
}
