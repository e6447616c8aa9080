internal import Bytes

/// Snapshots between batches: `beginCut`, then `continueCut` until it says that it is done.
///
/// A row's record, all numbers little-endian:
///
///     | row u32 | pages u32 | the row's words, 8 bytes each | page × pages, oldest first |
///     page: | number u32 | sequence of its first row u32 | 8 × row of words |
extension EntityTable {
    /// Makes the moment one that a snapshot will show. O(rows / 64).
    ///
    /// - Parameter sinceLast: whether rows that have not changed since the cut before are left out.
    mutating func beginCut(sinceLast: Bool) {
        cut.begin(
            TableCut.Summary(
                rowsTouched: rowsTouched, hand: hand, pagesTouched: events.pagesTouched,
                counts: counts),
            changed: changed, sparesOthers: sinceLast)
        changed.removeAll(below: rowsTouched)
        freeRows.begin(at: freeRow)
        events.freeCut.begin(at: events.freePage)
    }

    /// Rows that were taken, changed or freed since the cut before. O(rows / 64).
    var changedRows: Int { changed.count(below: rowsTouched) }

    mutating func endCut() {
        cut.end()
        freeRows.end()
        events.freeCut.end()
    }

    /// Writes rows until `cut.records` holds `bytesMax`, or `stepsMax` rows were looked at.
    ///
    /// - Returns: true when every row of the cut was written.
    mutating func continueCut(bytesMax: Int, stepsMax: Int) -> Bool {
        var steps = 0
        while steps < stepsMax, cut.records.count < bytesMax {
            steps += 1
            cut.skipFinished()
            if cut.next < cut.rows {
                let row = cut.next
                cut.next += 1
                prefetchPage(ofRow: row + Self.rowsAhead)
                if time(row, EntityPlan.referenceWord) != Self.free { write(row) }
            } else if !freeRows.isComplete {
                noteFreeRow()
            } else if !events.freeCut.isComplete {
                events.noteFreePage()
            } else {
                return true
            }
        }
        return false
    }

    /// Rows that the scan asks for the pages of before it comes to them.
    private static var rowsAhead: UInt32 { 8 }

    /// Asks for the first page of a row that the scan comes to soon: pages lie anywhere.
    @inline(__always)
    private func prefetchPage(ofRow row: UInt32) {
        guard row < cut.rows, !cut.isFinished(row) else { return }
        let page = Int(cursor(row, EntityPlan.headWord).page)
        events.links.prefetch(page)
        events.words.prefetch(page * events.pageWords, count: events.pageWords)
    }

    mutating func drainRecords(into payload: inout ByteWriter) {
        payload.append(cut.records.bytes)
        cut.records.removeAll()
    }

    /// To be called before the row of an entity changes.
    @inline(__always)
    mutating func preserve(_ row: UInt32) {
        changed.insert(row)
        if row < cut.rows { write(row) }
    }

    /// To be called before a row is taken that belongs to no entity: it does not belong to the cut,
    /// its place in the list of free rows does.
    @inline(__always)
    mutating func leaveOut(_ row: UInt32) {
        changed.insert(row)
        guard row < cut.rows else { return }
        if row == freeRows.next { noteFreeRow() }
        _ = cut.finish(row)
    }

    private mutating func noteFreeRow() {
        freeRows.visit(
            following: UInt32(truncatingIfNeeded: word(freeRows.next, EntityPlan.newestWord)))
    }

    private mutating func write(_ row: UInt32) {
        guard !cut.finish(row) else { return }
        let start = Int(row) * rowWords
        Self.append(
            row, words, start..<start + rowWords, events,
            from: cursor(row, EntityPlan.headWord), to: cursor(row, EntityPlan.tailWord),
            into: &cut.records)
    }

    private static func append(
        _ row: UInt32, _ words: borrowing MappedArray<UInt64>, _ range: Range<Int>,
        _ events: borrowing RetainedEvents, from head: Cursor, to tail: Cursor,
        into records: inout ByteWriter
    ) {
        records.append(fixed: row)
        records.append(fixed: events.pages(from: head.page))
        records.append(words.bytes(range))
        var page = head.page
        while page != RetainedEvents.noPage {
            records.append(fixed: page)
            records.append(fixed: events.links[Int(page)].firstSequence)
            events.appendRows(of: page, from: head, to: tail, into: &records)
            page = events.links[Int(page)].next
        }
    }
}

extension RetainedEvents {
    /// Appends the words of a page's eight rows, zeros for those that hold no event of the entity:
    /// what stands there is left over from others.
    func appendRows(
        of page: UInt32, from head: Cursor, to tail: Cursor, into records: inout ByteWriter
    ) {
        let first = Cursor(sequence: links[Int(page)].firstSequence, page: page)
        let start = min(max(0, first.distance(to: head)), Self.pageRows)
        let end = max(start, min(first.distance(to: tail), Self.pageRows))
        let rowWords = 1 + columns
        let place = Int(page) * pageWords
        records.append(zeros: start * rowWords * MemoryLayout<UInt64>.size)
        records.append(words.bytes(place + start * rowWords..<place + end * rowWords))
        records.append(
            zeros: (Self.pageRows - end) * rowWords * MemoryLayout<UInt64>.size)
    }

    /// Pages of the list that begins with `first`. O(pages).
    func pages(from first: UInt32) -> UInt32 {
        var count: UInt32 = 0
        var page = first
        while page != Self.noPage {
            count += 1
            page = links[Int(page)].next
        }
        return count
    }

    mutating func noteFreePage() {
        freeCut.visit(following: links[Int(freeCut.next)].next)
    }
}
