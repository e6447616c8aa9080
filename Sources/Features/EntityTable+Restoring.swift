internal import Bytes
internal import Events

/// A table made from what `EntityTable+Cut` wrote: records and the rest of the newest cut, then the
/// records of the cuts that it builds upon, each older than the one before. Whatever the bytes are,
/// it throws or gives a table that can be used.
extension EntityTable {
    /// Takes in records; each row and each page stands where it stood.
    mutating func restore(records bytes: RawSpan) throws(FormatError) {
        let restoration = restoring()
        var reader = ByteReader(bytes)
        while reader.remaining > 0 { try restoreRow(from: &reader, restoration) }
    }

    private mutating func restoring() -> TableRestoration {
        if let restoration { return restoration }
        let begun = TableRestoration(limits: limits)
        restoration = begun
        return begun
    }

    private mutating func restoreRow(
        from reader: inout ByteReader, _ restoration: TableRestoration
    ) throws(FormatError) {
        let start = reader.offset
        let row = try reader.readUInt32()
        let pages = try reader.readUInt32()
        guard row > 0 else { throw .invalid(field: "row", at: start) }
        guard row <= limits.entitiesMax else {
            throw .aboveLimit("entity", found: Int(row), limit: limits.entitiesMax)
        }
        if restoration.isSettled(row) {
            return try reader.skip(rowBytes + Int(pages) * events.pageRecordBytes)
        }
        guard !restoration.taken.contains(row) else { throw .invalid(field: "row", at: start) }
        restoration.taken.insert(row)
        words.fill(from: Int(row) * rowWords, with: try reader.readBytes(rowBytes))
        var previous = RetainedEvents.noPage
        var first: Cursor?
        for _ in 0..<pages {
            let page = try events.restorePage(from: &reader, owner: row, after: previous)
            first =
                first
                ?? Cursor(sequence: events.links[Int(page)].firstSequence, page: page)
            previous = page
        }
        guard index[word(row, EntityPlan.keyWord)] == Self.noRow,
            isSound(row, first: first, last: previous)
        else { throw .invalid(field: "row", at: start) }
        index.set(row, for: word(row, EntityPlan.keyWord))
        rowsTouched = max(rowsTouched, Int(row) + 1)
        counts.entities += 1
        counts.retainedEvents += retained(row)
    }

    /// Takes in what is not in the rows.
    mutating func restore(
        _ summary: TableCut.Summary, freeRows: [UInt32], freePages: [UInt32]
    ) throws(FormatError) {
        guard freeRows.allSatisfy({ $0 > 0 && $0 <= limits.entitiesMax }) else {
            throw .invalid(field: "free row", at: 0)
        }
        let restoration = restoring()
        restoration.summary = summary
        restoration.freeRows = freeRows
        restoration.freePages = freePages
    }

    /// The records that follow are of the cut that the one so far builds upon: of each row the
    /// newest holds, and none of those that are free.
    mutating func beginRestoringBase() { restoring().settle(below: rowsTouched) }

    /// Sets what is not in the rows, and checks that rows and lists are complete.
    mutating func finishRestoring() throws(FormatError) {
        let restored = restoring()
        let summary = restored.summary
        let freeRows = restored.freeRows
        restoration = nil
        guard summary.rowsTouched >= rowsTouched, summary.rowsTouched <= limits.entitiesMax + 1,
            summary.rowsTouched - 1 == counts.entities + freeRows.count,
            summary.counts.entities == counts.entities,
            summary.counts.retainedEvents == counts.retainedEvents,
            (1...max(1, summary.rowsTouched)).contains(summary.hand)
        else { throw .invalid(field: "rows", at: 0) }
        try events.finishRestoring(
            pagesTouched: summary.pagesTouched, freePages: restored.freePages)
        rowsTouched = summary.rowsTouched
        hand = summary.hand
        counts = summary.counts
        // A free row is told by its reference time; marking it also finds one that is named twice.
        for row in freeRows.reversed() {
            guard row < rowsTouched, time(row, EntityPlan.referenceWord) != Self.free,
                index[word(row, EntityPlan.keyWord)] != row
            else { throw .invalid(field: "free row", at: 0) }
            setTime(Self.free, row, EntityPlan.referenceWord)
            setWord(UInt64(freeRow), row, EntityPlan.newestWord)
            freeRow = row
        }
    }
}

extension RetainedEvents {
    /// Bytes of a page in a row's record.
    fileprivate var pageRecordBytes: Int {
        2 * MemoryLayout<UInt32>.size + pageWords * MemoryLayout<UInt64>.size
    }

    /// Reads one page and links it behind `previous`.
    fileprivate mutating func restorePage(
        from reader: inout ByteReader, owner: UInt32, after previous: UInt32
    ) throws(FormatError) -> UInt32 {
        let start = reader.offset
        let page = try reader.readUInt32()
        let sequence = try reader.readUInt32()
        guard Int(page) < links.capacity else {
            throw .aboveLimit(
                "retained event", found: Int(page) * Self.pageRows,
                limit: links.capacity * Self.pageRows)
        }
        guard sequence & UInt32(Self.pageRows - 1) == 0,
            Int(page) >= pagesTouched || links[Int(page)].owner == 0
        else { throw .invalid(field: "page", at: start) }
        if previous != Self.noPage {
            let expected = links[Int(previous)].firstSequence &+ UInt32(Self.pageRows)
            guard sequence == expected else { throw .invalid(field: "sequence", at: start) }
            links[Int(previous)].next = page
        }
        pagesTouched = max(pagesTouched, Int(page) + 1)
        pagesInUse += 1
        links[Int(page)] = Links(
            next: Self.noPage, previous: previous, owner: owner, firstSequence: sequence)
        words.fill(
            from: Int(page) * pageWords,
            with: try reader.readBytes(pageWords * MemoryLayout<UInt64>.size))
        for row in 0..<UInt32(Self.pageRows) {
            guard EventTime.stored.contains(time(Cursor(sequence: row, page: page))) else {
                throw .invalid(field: "time", at: start)
            }
        }
        return page
    }

    /// Owner 0 marks pages that no row named: all of them must be free.
    fileprivate mutating func finishRestoring(
        pagesTouched touched: Int, freePages: [UInt32]
    ) throws(FormatError) {
        guard touched >= pagesTouched, touched <= links.capacity,
            touched == pagesInUse + freePages.count
        else { throw .invalid(field: "pages", at: 0) }
        pagesTouched = touched
        for page in freePages.reversed() {
            guard Int(page) < touched, links[Int(page)].owner == 0 else {
                throw .invalid(field: "free page", at: 0)
            }
            links[Int(page)] = Links(
                next: freePage, previous: Self.noPage, owner: Self.noPage, firstSequence: 0)
            freePage = page
        }
    }
}
