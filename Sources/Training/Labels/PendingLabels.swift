internal import Bytes
internal import Sparse

/// Scored events that wait for their labels, so that a label meets the vector *as scored*.
///
/// An event waits until its label comes (`join`), until it is `maturityMillis` old (`expireNext`),
/// or until the table is full and it is the oldest. Its id is then remembered among the last
/// `resolvedMax` resolved ones: that is how far back a second label is told to be a duplicate, and
/// a label after maturity to be late; beyond, both are orphans.
///
/// Order: by event time. An event that comes out of order is put in its place among the newest
/// `reorderStepsMax`; one that belongs further back matures late by as much as it was misplaced,
/// never early.
///
/// Memory: 40 bytes an entry, 4 per payload number, 196 for every 16 entries of its vector begun,
/// and 32…64 of table per waiting or remembered id; about 300 bytes for an event of up to 16
/// features. Storage grows to the limits and is then reused: nothing is allocated per event after
/// that.
public struct PendingLabels: ~Copyable {
    /// What the table may hold.
    public struct Limits: Equatable, Sendable {
        /// Events that may wait; at the limit the oldest is let go and counted.
        public var pendingMax = 1_000_000
        /// Bytes that their vectors may take; at the limit as above.
        public var vectorBytesMax = 512 << 20
        /// Resolved ids that are remembered.
        public var resolvedMax = 100_000
        /// How many newer events an event may be put before.
        public var reorderStepsMax = 64

        public init() {}
    }

    struct Entry: BitwiseCopyable {
        var id: UInt64
        var timeMillis: Int64
        var score: Double
        var firstChunk: UInt32
        var vectorCount: UInt32
        var older: UInt32
        var newer: UInt32
    }

    static let none = UInt32.max
    /// Values of the table beside slot + 1.
    static let resolvedWithLabel = UInt32.max
    static let resolvedWithout = UInt32.max - 1

    public let limits: Limits
    public let maturityMillis: Int64
    public let payloadCount: Int
    public internal(set) var counts = PendingCounts()
    /// Events waiting now.
    public internal(set) var count = 0

    var entries: MappedArray<Entry>
    /// Entries ever used.
    var slotsTouched = 0
    var payloads: MappedArray<UInt32>
    var vectors: VectorArena
    var table = KeyIndex()
    var oldest = none
    var newest = none
    /// Slots given back, chained by `newer`.
    var freeSlot = none
    /// The last `resolvedMax` resolved ids: a ring whose oldest is at `resolvedNext` once it is
    /// full.
    var resolved: [UInt64] = []
    var resolvedNext = 0
    /// The snapshot under way.
    var cut = PendingCut()
    /// Scratch for one vector of a snapshot.
    var cutVector = SparseVector()

    /// - Parameter payloadCount: numbers that the caller stores with each event.
    public init(maturityMillis: Int64, payloadCount: Int = 0, limits: Limits = Limits()) {
        precondition(maturityMillis >= 0, "maturity \(maturityMillis) ms")
        precondition(
            limits.pendingMax > 0 && limits.pendingMax < Int(Self.resolvedWithout) - 1
                && limits.resolvedMax >= 0 && limits.reorderStepsMax >= 0 && payloadCount >= 0,
            "\(limits), payload \(payloadCount)")
        self.limits = limits
        self.maturityMillis = maturityMillis
        self.payloadCount = payloadCount
        vectors = VectorArena(chunksMax: limits.vectorBytesMax / VectorArena.chunkBytes)
        entries = MappedArray(capacity: limits.pendingMax)
        payloads = MappedArray(capacity: limits.pendingMax * max(payloadCount, 1))
        resolved.reserveCapacity(limits.resolvedMax)
    }
}
