public import Bytes

/// Which moment of a task a snapshot shows: the first frame of its file.
///
///     frame of kind snapshotHead, version 3:
///     | task u32 | next batch u64 | journal's owner u64 | journal offset u64 |
///     | inputs n | n × (stream u8 | partition | position) |          n and these are varints
///     | isPart u8 | [features u32 | (name text) × them] |            not in version 1
///     | chain u64 | builds u8 | [next batch of the base u64] |       not before version 3
public struct SnapshotHead: Equatable, Sendable {
    public var task: Int
    /// The number of the first batch that the state does not hold.
    public var next: UInt64
    /// Who held the task where reading the journal begins.
    public var owner: UInt64
    /// Where in the journal every batch from `next` on is found.
    public var journalOffset: Int64
    public var positions: [JournalInput: Int64]
    /// The model's inputs that the state was computed for; nil for all.
    public var computed: Set<String>?
    /// Names the snapshots that build upon the same whole one, that one included.
    public var chain: UInt64
    /// The snapshot of the chain that has the entities which this one leaves out: its `next`. Nil
    /// for a whole one.
    public var base: UInt64?

    package init(
        task: Int, next: UInt64, owner: UInt64, journalOffset: Int64,
        positions: [JournalInput: Int64], computed: Set<String>? = nil
    ) {
        self.computed = computed
        self.task = task
        self.next = next
        self.owner = owner
        self.journalOffset = journalOffset
        self.positions = positions
        chain = next
    }

    static let version: UInt16 = 3
    private static let tasksMax = 1 << 20
    private static let nameBytesMax = 1_024

    public func append(to writer: inout ByteWriter) {
        writer.appendFrame(.snapshotHead, version: Self.version) { payload in
            payload.append(fixed: UInt32(task))
            payload.append(fixed: next)
            payload.append(fixed: owner)
            payload.append(fixed: UInt64(journalOffset))
            JournalRecord.append(positions, to: &payload)
            payload.append(fixed: UInt8(computed == nil ? 0 : 1))
            if let computed {
                payload.append(fixed: UInt32(computed.count))
                for name in computed.sorted() { payload.append(counted: name) }
            }
            payload.append(fixed: chain)
            payload.append(fixed: UInt8(base == nil ? 0 : 1))
            if let base { payload.append(fixed: base) }
        }
    }

    /// Reads the frame at the front of `bytes`.
    public init(_ bytes: RawSpan) throws(FormatError) {
        let frame = try Frame(bytes, kind: .snapshotHead, newestVersion: Self.version)
        var reader = ByteReader(frame.payload)
        task = Int(try reader.readUInt32())
        next = try reader.readUInt64()
        owner = try reader.readUInt64()
        journalOffset = Int64(try reader.readCount("journal offset", max: Int.max))
        positions = try JournalRecord.readPositions(from: &reader).places
        if frame.version > 1, try reader.readFlag("is a part") {
            var names: Set<String> = []
            for _ in 0..<(try reader.readUInt32()) {
                names.insert(try reader.readText("feature", bytesMax: Self.nameBytesMax))
            }
            computed = names
        }
        chain = next
        if frame.version > 2 {
            chain = try reader.readUInt64()
            if try reader.readFlag("builds upon another") { base = try reader.readUInt64() }
        }
        try reader.end()
        guard task < Self.tasksMax else { throw .invalid(field: "task", at: 0) }
        // Whoever goes from base to base comes to an end.
        guard base.map({ $0 < next }) != false else { throw .invalid(field: "base", at: 0) }
    }

    /// Whether another one is what this one builds upon.
    func isBuilt(upon other: SnapshotHead) -> Bool {
        other.next == base && other.chain == chain && other.task == task
            && other.computed == computed
    }
}
