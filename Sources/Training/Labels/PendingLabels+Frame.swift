public import Bytes
internal import Sparse

/// Snapshots of the waiting events, written between batches while events come and go: `beginCut`,
/// `continueCut` until it is done, `appendTail`. All numbers little-endian:
///
///     frame of kind pendingEntries: entry, entry, …
///     entry: | slot u32 | next newer slot u32 | id u64 | time i64 | score f64 |
///            | n u32 | n × (index u32 | value f64) | payload u32 × count |
///     tail: | maturity i64 | payload count u64 | 8 × count u64 | slots touched u64 | waiting u64 |
///           | oldest slot u32 | free slots u64 | slot u32 × them |
///           | resolved u64 | (id u64 | had its label u8) × them, oldest first |
extension PendingLabels {
    public static let entriesVersion: UInt16 = 1
    private static let resolutionBytes = 9

    /// Makes this moment the one that a snapshot will show. O(slots / 64 + resolved ids).
    public mutating func beginCut() {
        cut.begin(
            PendingCut.Summary(
                slotsTouched: slotsTouched, count: count, oldest: oldest, counts: counts),
            freeSlot: freeSlot, resolved: resolved, resolvedFirst: resolvedNext)
    }

    /// Gives up the snapshot under way.
    public mutating func endCut() { cut = PendingCut() }

    /// Appends the entries that have been written since the last frame, and no more.
    public mutating func drainCut(into writer: inout ByteWriter) {
        guard cut.entries.count > 0 else { return }
        writer.appendFrame(.pendingEntries, version: Self.entriesVersion) { payload in
            payload.append(cut.entries.bytes)
        }
        cut.entries.removeAll()
    }

    /// Appends a frame of about `bytesMax` bytes.
    ///
    /// - Returns: true when all is written but the tail.
    public mutating func continueCut(bytesMax: Int, into writer: inout ByteWriter) -> Bool {
        while cut.next != Self.none, cut.entries.count < bytesMax {
            let slot = cut.next
            cut.next = entries[Int(slot)].newer
            preserve(slot)
        }
        drainCut(into: &writer)
        guard cut.next == Self.none else { return false }
        let end = cut.resolutions.count + bytesMax
        while cut.resolutions.count < end {
            if let id = cut.nextResolved {
                write(resolved: id)
            } else if cut.nextFree != Self.none {
                noteFreeSlot()
            } else {
                return true
            }
        }
        return false
    }

    /// Appends what is not in frames, once `continueCut` was done, and ends the cut.
    public mutating func appendTail(to payload: inout ByteWriter) {
        let summary = cut.summary
        payload.append(fixed: maturityMillis)
        payload.append(count: payloadCount)
        for value in summary.counts.inOrder { payload.append(count: value) }
        payload.append(count: summary.slotsTouched)
        payload.append(count: summary.count)
        payload.append(fixed: summary.oldest)
        payload.append(count: cut.freeSlots.count)
        for slot in cut.freeSlots { payload.append(fixed: slot) }
        payload.append(count: cut.resolvedWritten)
        payload.append(cut.resolutions.bytes)
        endCut()
    }

    // MARK: Before something changes

    /// To be called before an entry changes.
    @inline(__always)
    mutating func preserve(_ slot: UInt32) {
        if slot < cut.slots { write(slot) }
    }

    /// To be called before an entry leaves the list.
    @inline(__always)
    mutating func preserveLeaving(_ slot: UInt32) {
        guard cut.isUnderWay else { return }
        preserve(slot)
        if slot == cut.next { cut.next = entries[Int(slot)].newer }
    }

    /// To be called before a free slot is taken.
    @inline(__always)
    mutating func leaveOut(_ slot: UInt32) {
        guard slot < cut.slots else { return }
        if slot == cut.nextFree { noteFreeSlot() }
        _ = cut.finish(slot)
    }

    /// To be called before the oldest resolved id is forgotten.
    mutating func preserveOldestResolved() {
        guard cut.isUnderWay else { return }
        if cut.resolvedLeft == cut.resolvedWritten, let id = cut.nextResolved {
            write(resolved: id)
        }
        cut.resolvedLeft += 1
    }

    private mutating func noteFreeSlot() {
        cut.freeSlots.append(cut.nextFree)
        cut.nextFree = entries[Int(cut.nextFree)].newer
    }

    private mutating func write(resolved id: UInt64) {
        cut.resolutions.append(fixed: id)
        cut.resolutions.append(fixed: UInt8(table[id] == Self.resolvedWithLabel ? 1 : 0))
        cut.resolvedWritten += 1
    }

    private mutating func write(_ slot: UInt32) {
        guard !cut.finish(slot) else { return }
        let entry = entries[Int(slot)]
        cut.entries.append(fixed: slot)
        cut.entries.append(fixed: entry.newer)
        cut.entries.append(fixed: entry.id)
        cut.entries.append(fixed: entry.timeMillis)
        cut.entries.append(fixed: entry.score)
        cut.entries.append(fixed: entry.vectorCount)
        cutVector.removeAll()
        vectors.append(entry.firstChunk, count: Int(entry.vectorCount), to: &cutVector)
        for k in 0..<cutVector.count {
            cut.entries.append(fixed: cutVector.indices[k])
            cut.entries.append(fixed: cutVector.values[k])
        }
        for k in 0..<payloadCount {
            cut.entries.append(fixed: payloads[Int(slot) * payloadCount + k])
        }
    }
}

/// Restoring, in a table that has seen nothing yet. Whatever the bytes are, it throws or gives a
/// table that can be used.
extension PendingLabels {
    /// Takes in the payload of a `pendingEntries` frame.
    ///
    /// - Parameter width: of the feature space; no index of a vector may be as large.
    public mutating func restore(entries bytes: RawSpan, width: Int) throws(FormatError) {
        var reader = ByteReader(bytes)
        while reader.remaining > 0 { try restoreEntry(from: &reader, width: width) }
    }

    private mutating func restoreEntry(
        from reader: inout ByteReader, width: Int
    ) throws(FormatError) {
        let start = reader.offset
        let slot = try reader.readUInt32()
        guard slot < limits.pendingMax else { throw .invalid(field: "slot", at: start) }
        let newer = try reader.readUInt32()
        let id = try reader.readUInt64()
        let time = try reader.readInt64()
        let score = try reader.readDouble()
        let length = Int(try reader.readUInt32())
        guard length <= reader.remaining / 12, table[id] == 0,
            VectorArena.chunks(for: length) <= vectors.chunksMax - vectors.chunksUsed
        else { throw .invalid(field: "entry", at: start) }
        cutVector.removeAll()
        for _ in 0..<length {
            let index = try reader.readUInt32()
            guard Int(index) < width else { throw .invalid(field: "index", at: start) }
            cutVector.append(index, try reader.readDouble())
        }
        for k in 0..<payloadCount {
            payloads[Int(slot) * payloadCount + k] = try reader.readUInt32()
        }
        entries[Int(slot)] = Entry(
            id: id, timeMillis: time, score: score, firstChunk: vectors.store(cutVector),
            vectorCount: UInt32(length), older: Self.none, newer: newer)
        table.set(slot + 1, for: id)
        count += 1
    }

    /// Reads what `appendTail` wrote; all entries must have been restored before.
    ///
    /// - Throws: `FormatError.invalid` also when maturity or payload count are not this table's,
    ///   or its limits are smaller than what it held.
    @_lifetime(reader: copy reader)
    public mutating func restoreTail(from reader: inout ByteReader) throws(FormatError) {
        guard try reader.readInt64() == maturityMillis,
            try reader.readCount("payload count", max: payloadCount) == payloadCount
        else { throw .invalid(field: "maturity or payload count", at: reader.offset) }
        for path in PendingCounts.order {
            counts[keyPath: path] = Int(try reader.readTally("counts"))
        }
        slotsTouched = try reader.readCount("slots touched", max: limits.pendingMax)
        guard try reader.readCount("waiting", max: slotsTouched) == count else {
            throw .invalid(field: "waiting", at: reader.offset)
        }
        oldest = try reader.readUInt32()
        try linkRestored()
        try restoreFreeSlots(from: &reader)
        try restoreResolved(from: &reader)
    }

    /// Follows the list from the oldest entry and checks that every entry is on it once.
    private mutating func linkRestored() throws(FormatError) {
        var older = Self.none
        var slot = oldest
        for _ in 0..<count {
            guard slot < slotsTouched, table[entries[Int(slot)].id] == slot + 1,
                entries[Int(slot)].older == Self.none, slot != oldest || older == Self.none
            else { throw .invalid(field: "order of entries", at: 0) }
            entries[Int(slot)].older = older
            older = slot
            slot = entries[Int(slot)].newer
        }
        guard slot == Self.none else { throw .invalid(field: "order of entries", at: 0) }
        newest = older
    }

    private mutating func restoreFreeSlots(from reader: inout ByteReader) throws(FormatError) {
        let free = try reader.readCount("free slots", itemBytes: MemoryLayout<UInt32>.size)
        guard free == slotsTouched - count else {
            throw .invalid(field: "free slots", at: reader.offset)
        }
        var slots: [UInt32] = []
        slots.reserveCapacity(free)
        var isTaken = Array(repeating: false, count: slotsTouched)
        for _ in 0..<free {
            let slot = try reader.readUInt32()
            guard slot < slotsTouched, !isTaken[Int(slot)],
                table[entries[Int(slot)].id] != slot + 1
            else { throw .invalid(field: "free slot", at: reader.offset) }
            isTaken[Int(slot)] = true
            slots.append(slot)
        }
        for slot in slots.reversed() {
            entries[Int(slot)].newer = freeSlot
            freeSlot = slot
        }
    }

    private mutating func restoreResolved(from reader: inout ByteReader) throws(FormatError) {
        let ids = try reader.readCount("resolved", itemBytes: Self.resolutionBytes)
        guard ids <= limits.resolvedMax else {
            throw .invalid(field: "resolved", at: reader.offset)
        }
        for _ in 0..<ids {
            let id = try reader.readUInt64()
            let hadLabel = try reader.readFlag("had its label")
            guard table[id] == 0 else { throw .invalid(field: "id", at: reader.offset) }
            remember(id, as: hadLabel ? Self.resolvedWithLabel : Self.resolvedWithout)
        }
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
