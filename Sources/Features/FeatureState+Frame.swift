public import Bytes

/// Snapshots of the windows, written between batches while events go on.
///
/// Rows and buckets come in frames of kinds `entityRows` (`| table u32 | records |`) and
/// `categoryBuckets`, in any order; the rest in one part of the pipeline's tail:
///
///     | next ordinal u64 | collisions u64 | tables u32 | table × tables |
///     table: | rows touched, hand, pages touched u64 | 6 counts u64 |
///            | free rows u64, u32 × them | free pages u64, u32 × them |
extension FeatureState {
    public static let rowsVersion: UInt16 = 1
    public static let bucketsVersion: UInt16 = 1
    private static let bucketsPerFrame = 1 << 16
    /// Rows looked at between two looks at the budget.
    private static let stepsMax = 4_096

    /// Makes this moment the one that a snapshot will show. O(entities / 64).
    ///
    /// - Parameter sinceLast: whether it builds upon the cut before, and leaves out the entities
    ///   that have not changed since.
    /// - Precondition: `hasCutBefore`, if it does.
    public mutating func beginCut(sinceLast: Bool = false) {
        precondition(!sinceLast || hasCutBefore, "no cut before to build upon")
        for type in entities.indices { entities[type].table.beginCut(sinceLast: sinceLast) }
        cut = Cut(nextOrdinal: nextOrdinal, collisions: collisions.count)
        hasCutBefore = false
    }

    /// Gives up the snapshot under way, or the one before, which the next must not build upon.
    public mutating func endCut() {
        for type in entities.indices { entities[type].table.endCut() }
        cut = Cut()
        hasCutBefore = false
    }

    /// Part of the entities that were changed, added or removed since the cut before.
    /// O(entities / 64).
    public var changedShare: Double {
        var changed = 0
        var rows = 0
        for type in entities.indices {
            changed += entities[type].table.changedRows
            rows += entities[type].table.rowsTouched
        }
        return Double(changed) / Double(max(rows, 1))
    }

    /// Appends what events have written of the cut since the last frames, before they changed it.
    public mutating func drainCut(into writer: inout ByteWriter) {
        for number in entities.indices { append(recordsOf: number, to: &writer) }
    }

    /// Appends frames of about `bytesMax` bytes.
    ///
    /// - Returns: true when all is written but the tail.
    public mutating func continueCut(bytesMax: Int, into writer: inout ByteWriter) -> Bool {
        let end = writer.count + bytesMax
        while cut.nextBucket < collisions.bucketCount {
            guard writer.count < end else { return false }
            let last = min(cut.nextBucket + Self.bucketsPerFrame, collisions.bucketCount)
            let buckets = cut.nextBucket..<last
            writer.appendFrame(.categoryBuckets, version: Self.bucketsVersion) { payload in
                collisions.append(buckets, to: &payload)
            }
            cut.nextBucket = last
        }
        for number in entities.indices {
            guard continueCut(of: number, upTo: end, into: &writer) else { return false }
        }
        return true
    }

    /// False when the budget is used up: of bytes, or of rows that have none.
    private mutating func continueCut(
        of number: Int, upTo end: Int, into writer: inout ByteWriter
    ) -> Bool {
        while writer.count < end {
            let room = end - writer.count
            let isDone = entities[number].table.continueCut(
                bytesMax: room, stepsMax: Self.stepsMax)
            guard isDone || entities[number].table.cut.records.count >= room else { return false }
            append(recordsOf: number, to: &writer)
            if isDone { return true }
        }
        return false
    }

    private mutating func append(recordsOf number: Int, to writer: inout ByteWriter) {
        guard entities[number].table.cut.records.count > 0 else { return }
        writer.appendFrame(.entityRows, version: Self.rowsVersion) { payload in
            payload.append(fixed: UInt32(number))
            entities[number].table.drainRecords(into: &payload)
        }
    }

    /// Appends what is not in frames, once `continueCut` was done, and ends the cut.
    public mutating func appendTail(to payload: inout ByteWriter) {
        payload.append(fixed: cut.nextOrdinal)
        payload.append(fixed: cut.collisions)
        payload.append(fixed: UInt32(entities.count))
        for number in entities.indices {
            let summary = entities[number].table.cut.summary
            payload.append(count: summary.rowsTouched)
            payload.append(count: summary.hand)
            payload.append(count: summary.pagesTouched)
            summary.counts.append(to: &payload)
            entities[number].table.freeRows.append(to: &payload)
            entities[number].table.events.freeCut.append(to: &payload)
        }
        endCut()
        hasCutBefore = true
    }

    // MARK: Restoring, in a state that has seen nothing yet

    /// Takes in the payload of an `entityRows` frame.
    public mutating func restore(rows bytes: RawSpan) throws(FormatError) {
        var reader = ByteReader(bytes)
        let number = Int(try reader.readUInt32())
        guard number < entities.count else { throw .invalid(field: "table", at: 0) }
        try entities[number].table.restore(records: reader.rest)
    }

    /// Takes in the payload of a `categoryBuckets` frame.
    public mutating func restore(buckets bytes: RawSpan) throws(FormatError) {
        try collisions.restore(bytes)
    }

    /// Reads what `appendTail` wrote, once everything else of the newest cut was restored.
    @_lifetime(reader: copy reader)
    public mutating func restoreTail(
        from reader: inout ByteReader
    ) throws(FormatError) {
        nextOrdinal = try reader.readTally("ordinal")
        collisions.restore(count: try reader.readTally("collisions"))
        guard nextOrdinal > 0, Int(try reader.readUInt32()) == entities.count else {
            throw .invalid(field: "tables", at: reader.offset)
        }
        for number in entities.indices {
            let summary = TableCut.Summary(
                rowsTouched: try reader.readCount("rows touched", max: Int(UInt32.max)),
                hand: try reader.readCount("hand", max: Int(UInt32.max)),
                pagesTouched: try reader.readCount("pages touched", max: Int(UInt32.max)),
                counts: try FeatureCounts(restoring: &reader))
            let freeRows = try FreeListCut.read(from: &reader)
            let freePages = try FreeListCut.read(from: &reader)
            try entities[number].table.restore(
                summary, freeRows: freeRows, freePages: freePages)
        }
    }

    /// What follows are rows of the cut that the one so far builds upon.
    public mutating func beginRestoringBase() {
        for number in entities.indices { entities[number].table.beginRestoringBase() }
    }

    /// Checks that nothing is missing, once all cuts were restored.
    public mutating func finishRestoring() throws(FormatError) {
        for number in entities.indices { try entities[number].table.finishRestoring() }
    }
}

extension FreeListCut {
    func append(to payload: inout ByteWriter) {
        payload.append(count: visited.count)
        for number in visited { payload.append(fixed: number) }
    }

    static func read(from reader: inout ByteReader) throws(FormatError) -> [UInt32] {
        let count = try reader.readCount("free", itemBytes: MemoryLayout<UInt32>.size)
        var numbers: [UInt32] = []
        numbers.reserveCapacity(count)
        for _ in 0..<count { numbers.append(try reader.readUInt32()) }
        return numbers
    }
}

extension FeatureCounts {
    func append(to payload: inout ByteWriter) {
        payload.append(count: entities)
        payload.append(count: retainedEvents)
        payload.append(fixed: entitiesEvicted)
        payload.append(fixed: entitiesExpired)
        payload.append(fixed: eventsDropped)
        payload.append(fixed: lateEvents)
    }

    init(restoring reader: inout ByteReader) throws(FormatError) {
        entities = Int(try reader.readTally("entities"))
        retainedEvents = Int(try reader.readTally("retained events"))
        entitiesEvicted = try reader.readTally("entities evicted")
        entitiesExpired = try reader.readTally("entities expired")
        eventsDropped = try reader.readTally("events dropped")
        lateEvents = try reader.readTally("late events")
    }
}
