/// Snapshots of a task that stand in the folder, the first a whole one and each of the others built
/// upon the one before: what has changed is little, so little is written.
///
/// A chain ends, and the next snapshot is a whole one, before it would cost more than it spares:
/// when it is long, has grown by half, or half of the entities have changed.
struct SnapshotChain: Equatable, Sendable {
    let id: UInt64
    /// By which takeover of the task they were written; under another, others may have written.
    let owner: UInt64
    /// Of the newest.
    private(set) var next: UInt64
    private(set) var count = 1
    private let wholeBytes: Int
    private var changesBytes = 0

    /// All of them are read when the newest is restored.
    static let snapshotsMax = 8
    private static let changedShareMax = 0.5
    private static let changesShareMax = 0.5

    /// - Parameter byteCount: of the file, before it is packed.
    init(_ whole: SnapshotHead, byteCount: Int) {
        id = whole.chain
        owner = whole.owner
        next = whole.next
        wholeBytes = byteCount
    }

    /// Takes in a snapshot that stands in the folder now and builds upon the newest.
    mutating func append(_ head: SnapshotHead, byteCount: Int) {
        next = head.next
        count += 1
        changesBytes += byteCount
    }

    /// Whether the next snapshot should build upon this chain.
    ///
    /// - Parameters:
    ///   - head: the next one's.
    ///   - last: of the task's last snapshot, in the folder or not, `next`.
    ///   - changedShare: part of the entities that have changed since.
    func takes(_ head: SnapshotHead, after last: UInt64, changedShare: Double) -> Bool {
        next == last && last < head.next && owner == head.owner && count < Self.snapshotsMax
            && Double(changesBytes) <= Self.changesShareMax * Double(wholeBytes)
            && changedShare <= Self.changedShareMax
    }
}

extension SnapshotHead {
    /// Makes it the next of a chain.
    mutating func build(upon chain: SnapshotChain) {
        self.chain = chain.id
        base = chain.next
    }
}
