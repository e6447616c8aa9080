internal import Bytes
internal import Events

/// Entities and their retained events: found, made, filled and freed.
extension EntityTable {
    /// Counts with what the table holds now.
    var summary: FeatureCounts {
        var summary = counts
        summary.stateBytes = events.bytesInUse + index.bytes + counts.entities * rowBytes
        return summary
    }

    // MARK: Entities

    /// The row of `key`; a new entity, and one that was idle too long, gets a fresh one.
    ///
    /// - Parameter hint: where it may be.
    mutating func entityRow(_ key: UInt64, hint: UInt32 = noRow, time: Int64) -> UInt32 {
        let known = isRow(hint, of: key) ? hint : index[key]
        if known != Self.noRow {
            preserve(known)
            guard time - self.time(known, EntityPlan.newestWord) > idleMillis else { return known }
            forget(known)
            counts.entitiesExpired += 1
        }
        let row = takeRow(time: time)
        clear(row, key: key, at: time)
        index.set(row, for: key)
        counts.entities += 1
        return row
    }

    /// Makes it the row of an entity without a past.
    mutating func clear(_ row: UInt32, key: UInt64, at time: Int64) {
        for offset in 0..<plan.rowWords { setWord(0, row, offset) }
        setWord(key, row, EntityPlan.keyWord)
        setTime(time, row, EntityPlan.referenceWord)
        setTime(time, row, EntityPlan.newestWord)
        for offset in EntityPlan.lastPageWord..<plan.accumulatorsWord {
            setCursor(.start, row, offset)
        }
    }

    /// The row of an entity that an event at `time` would not find new.
    func entity(of key: UInt64, at time: Int64) -> UInt32? {
        let row = index[key]
        guard row != Self.noRow, time - self.time(row, EntityPlan.newestWord) <= idleMillis else {
            return nil
        }
        return row
    }

    @inline(__always)
    private func isRow(_ row: UInt32, of key: UInt64) -> Bool {
        row != Self.noRow && word(row, EntityPlan.keyWord) == key
            && time(row, EntityPlan.referenceWord) != Self.free
    }

    /// An entity is never forgotten while one of its events may still be inside a window.
    private var idleMillis: Int64 { max(limits.idleMillis, plan.retentionMillis) }

    private mutating func takeRow(time: Int64) -> UInt32 {
        if freeRow == Self.noRow, rowsTouched > limits.entitiesMax {
            evictLongestIdle(sparing: Self.noRow)
        }
        guard freeRow != Self.noRow else {
            rowsTouched += 1
            leaveOut(UInt32(rowsTouched - 1))
            return UInt32(rowsTouched - 1)
        }
        let row = freeRow
        leaveOut(row)
        freeRow = UInt32(truncatingIfNeeded: word(row, EntityPlan.newestWord))
        return row
    }

    /// Frees the entity's row and pages.
    private mutating func forget(_ row: UInt32) {
        preserve(row)
        counts.retainedEvents -= retained(row)
        var page = cursor(row, EntityPlan.headWord).page
        while page != RetainedEvents.noPage { page = events.freeFirstPage(page) }
        index.remove(word(row, EntityPlan.keyWord))
        setTime(Self.free, row, EntityPlan.referenceWord)
        setWord(UInt64(freeRow), row, EntityPlan.newestWord)
        freeRow = row
        counts.entities -= 1
    }

    /// No entity stands on the scratch row.
    static var noRow: UInt32 { KeyIndex.nowhere }
    /// The reference time of a row that belongs to no entity.
    static var free: Int64 { .min }

    // MARK: Retained events

    /// Frees rows that no window and no late event can need any more, and makes room for one.
    mutating func trim(_ entity: UInt32, at time: Int64) {
        var kept = retained(entity)
        while kept > plan.keptRowsMin,
            events.time(cursor(entity, EntityPlan.headWord)) <= time - plan.retentionMillis
        {
            dropOldest(of: entity)
            kept -= 1
        }
        while kept >= limits.windowEventsMax {
            expelOldest(of: entity)
            kept -= 1
        }
    }

    @inline(__always)
    func retained(_ entity: UInt32) -> Int {
        cursor(entity, EntityPlan.headWord).distance(to: cursor(entity, EntityPlan.tailWord))
    }

    private mutating func dropOldest(of entity: UInt32) {
        let head = cursor(entity, EntityPlan.headWord)
        var next = events.after(head)
        if next.page != head.page { next.page = events.freeFirstPage(head.page) }
        setCursor(next, entity, EntityPlan.headWord)
        if next.page == RetainedEvents.noPage { setLastPage(RetainedEvents.noPage, of: entity) }
        counts.retainedEvents -= 1
    }

    /// Drops the oldest event although windows may still hold it: it leaves them as if it had
    /// expired.
    private mutating func expelOldest(of entity: UInt32) {
        let head = cursor(entity, EntityPlan.headWord)
        for index in windows.indices where windows[index].exit != nil {
            let window = windows[index]
            let isInside =
                start(index, entity).sequence == head.sequence
                && head.distance(to: end(index, entity)) > 0
            guard isInside else { continue }
            for accumulator in window.accumulators { remove(head, from: accumulator, of: entity) }
        }
        for boundary in boundaries.indices {
            let word = EntityPlan.cursorsWord + boundary
            guard cursor(entity, word).sequence == head.sequence else { continue }
            setCursor(events.after(head), entity, word)
        }
        dropOldest(of: entity)
        counts.eventsDropped += 1
    }

    /// Retains the current event behind the entity's newest and returns its place; nil when the
    /// table keeps no rows, or had no room even by dropping the entity's own oldest page.
    mutating func append(to entity: UInt32, time: Int64) -> Cursor? {
        guard plan.retainsRows else { return nil }
        guard let place = extend(entity) ?? extendDroppingPage(entity) else {
            counts.eventsDropped += 1
            return nil
        }
        events.setTime(time, place)
        for column in current.indices { events.setBits(current[column], column, place) }
        return place
    }

    private mutating func extendDroppingPage(_ entity: UInt32) -> Cursor? {
        let page = cursor(entity, EntityPlan.headWord).page
        guard page != RetainedEvents.noPage else { return nil }
        while cursor(entity, EntityPlan.headWord).page == page, retained(entity) > 0 {
            expelOldest(of: entity)
        }
        return extend(entity)
    }

    /// Adds one unfilled place at the entity's end; nil when not even evictions made room.
    mutating func extend(_ entity: UInt32) -> Cursor? {
        var tail = cursor(entity, EntityPlan.tailWord)
        if tail.page == RetainedEvents.noPage {
            guard let page = page(for: entity, at: tail) else { return nil }
            setLastPage(page, of: entity)
            tail.page = page
            // Cursors that stood at the end now stand on the new page.
            for word in EntityPlan.headWord..<plan.accumulatorsWord
            where cursor(entity, word).sequence == tail.sequence {
                setCursor(tail, entity, word)
            }
        }
        setCursor(events.after(tail), entity, EntityPlan.tailWord)
        counts.retainedEvents += 1
        return tail
    }

    @inline(__always)
    func lastPage(of entity: UInt32) -> UInt32 { cursor(entity, EntityPlan.lastPageWord).page }

    private mutating func setLastPage(_ page: UInt32, of entity: UInt32) {
        setCursor(Cursor(sequence: 0, page: page), entity, EntityPlan.lastPageWord)
    }

    private mutating func page(for entity: UInt32, at tail: Cursor) -> UInt32? {
        for _ in 0..<Self.evictionsPerPageMax {
            if let page = events.takePage(
                owner: entity, firstSequence: tail.sequence, after: lastPage(of: entity))
            {
                return page
            }
            evictLongestIdle(sparing: entity)
        }
        return nil
    }

    private static var evictionsPerPageMax: Int { 8 }

    // MARK: The hand

    /// Examines one row, and frees what its entity no longer needs: its pages when every event is
    /// out of every window, the whole of it when it was idle for too long. Changes no feature: the
    /// next event of the entity would do the same.
    mutating func turnHand(clock: Int64) {
        guard rowsTouched > 1 else { return }
        let row = nextUnderHand()
        let reference = time(row, EntityPlan.referenceWord)
        guard reference != Self.free,
            clock - limits.latenessMillis - reference > plan.retentionMillis
        else { return }
        if clock - limits.latenessMillis - time(row, EntityPlan.newestWord) > idleMillis {
            forget(row)
            counts.entitiesExpired += 1
        } else if retained(row) > plan.keptRowsMin {
            preserve(row)
            moveWindows(of: row, to: clock - limits.latenessMillis)
            trim(row, at: clock - limits.latenessMillis)
        }
    }

    private mutating func nextUnderHand() -> UInt32 {
        if hand >= rowsTouched { hand = 1 }
        hand += 1
        // The row of the next turn, some events from now.
        words.prefetch(hand * rowWords, count: EntityPlan.newestWord + 1)
        return UInt32(hand - 1)
    }

    /// Of the next rows under the hand, forgets the one that was not seen for longest.
    mutating func evictLongestIdle(sparing spared: UInt32) {
        var oldest = Self.noRow
        for _ in 0..<min(Self.evictionCandidates, rowsTouched - 1) {
            let row = nextUnderHand()
            guard row != spared, time(row, EntityPlan.referenceWord) != Self.free else { continue }
            if oldest == Self.noRow
                || time(row, EntityPlan.newestWord) < time(oldest, EntityPlan.newestWord)
            {
                oldest = row
            }
        }
        guard oldest != Self.noRow else { return }
        forget(oldest)
        counts.entitiesEvicted += 1
    }

    private static var evictionCandidates: Int { 64 }
}
