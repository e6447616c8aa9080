internal import Bytes

/// What a snapshot under way has of the waiting events: the state of one moment, although events
/// come and go.
///
/// An entry is written when the walk from the oldest comes to it, or just before it is changed or
/// let go for the first time since the cut; so each is written as it was at the cut. Resolved ids
/// leave in the order in which the walk visits them.
struct PendingCut: ~Copyable {
    /// Slots below this belong to the cut; 0 while no snapshot is under way.
    private(set) var slots: UInt32 = 0
    /// The entry that the walk comes to next; `none` at the end.
    var next = PendingLabels.none
    /// Records of entries, and of resolved ids.
    var entries = ByteWriter()
    var resolutions = ByteWriter()
    /// Free slots, as they stood at the cut.
    var freeSlots: [UInt32] = []
    var nextFree = PendingLabels.none
    /// The ring of resolved ids at the cut, and how much of it was written, and left since.
    private(set) var resolved: [UInt64] = []
    private(set) var resolvedFirst = 0
    var resolvedWritten = 0
    var resolvedLeft = 0
    /// Everything else, as of the cut.
    private(set) var summary = Summary()
    private var done: [UInt64] = []

    struct Summary {
        var slotsTouched = 0
        var count = 0
        var oldest = PendingLabels.none
        var counts = PendingCounts()
    }

    var isUnderWay: Bool { slots > 0 || !resolved.isEmpty }

    mutating func begin(
        _ summary: Summary, freeSlot: UInt32, resolved: [UInt64], resolvedFirst: Int
    ) {
        self = PendingCut()
        slots = UInt32(summary.slotsTouched)
        next = summary.oldest
        nextFree = freeSlot
        self.resolved = resolved
        self.resolvedFirst = resolvedFirst
        self.summary = summary
        done = Array(repeating: 0, count: summary.slotsTouched / 64 + 1)
    }

    /// Whether the slot needs to be written no more; it needs not from now on.
    mutating func finish(_ slot: UInt32) -> Bool {
        let bit: UInt64 = 1 << (slot & 63)
        let wasDone = done[Int(slot >> 6)] & bit != 0
        done[Int(slot >> 6)] |= bit
        return wasDone
    }

    /// The resolved id that is to be written next; nil at the end.
    var nextResolved: UInt64? {
        guard resolvedWritten < resolved.count else { return nil }
        return resolved[(resolvedFirst + resolvedWritten) % resolved.count]
    }
}
