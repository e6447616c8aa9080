internal import Bytes

/// What a snapshot in the topic consists of: the last record of it, so that one without a manifest
/// is no snapshot.
///
///     frame of kind snapshotManifest, version 1:
///     | task u32 | slot u8 | next batch u64 | chunks u32 | bytes u64 | digest u64 |
struct SnapshotManifest: Equatable, Sendable {
    var task: Int
    /// A task's two newest snapshots stand in two slots, whose keys a compacted topic keeps.
    var slot: Int
    /// The number of the first batch that the state does not hold.
    var next: UInt64
    var chunks: Int
    var byteCount: Int
    /// XXH3-64 of each chunk, seeded with that of the chunk before; 0 before the first.
    var digest: UInt64

    static let slots = 2
    private static let version: UInt16 = 1
    private static let chunksMax = 1 << 24

    func append(to writer: inout ByteWriter) {
        writer.appendFrame(.snapshotManifest, version: Self.version) { payload in
            payload.append(fixed: UInt32(task))
            payload.append(fixed: UInt8(slot))
            payload.append(fixed: next)
            payload.append(fixed: UInt32(chunks))
            payload.append(count: byteCount)
            payload.append(fixed: digest)
        }
    }

    init(task: Int, slot: Int, next: UInt64) {
        (self.task, self.slot, self.next) = (task, slot, next)
        (chunks, byteCount, digest) = (0, 0, 0)
    }

    init(_ bytes: RawSpan) throws(FormatError) {
        let frame = try Frame(bytes, kind: .snapshotManifest, newestVersion: Self.version)
        var reader = ByteReader(frame.payload)
        task = Int(try reader.readUInt32())
        slot = Int(try reader.readUInt8())
        next = try reader.readUInt64()
        chunks = Int(try reader.readUInt32())
        byteCount = try reader.readCount("bytes", max: Int.max)
        digest = try reader.readUInt64()
        try reader.end()
        guard slot < Self.slots, chunks <= Self.chunksMax else {
            throw .invalid(field: "slot or chunks", at: 0)
        }
    }

    /// Takes in the next chunk.
    mutating func add(_ chunk: RawSpan) {
        chunks += 1
        byteCount += chunk.byteCount
        digest = StableHash.of(chunk, seed: digest)
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
