internal import Bytes
internal import Events

/// Events that come after a newer one of their entity.
///
/// A late event sees its windows as they were at its own time, summed afresh from the retained
/// events; then it takes its place among them and joins every window that stands over it. Sums
/// without a window, decayed ones too, cannot be unwound: it sees them as of the entity's newest
/// event.
extension EntityTable {
    mutating func observeLate(_ entity: UInt32, time: Int64, row: inout EventRow) -> UInt32 {
        let place = events.advance(
            cursor(entity, EntityPlan.headWord), to: cursor(entity, EntityPlan.tailWord), past: time
        )
        var page = RetainedEvents.noPage
        project(entity, at: time, end: place)
        readBefore(Self.scratchRow, at: time, into: &row)

        var end = place
        if plan.retainsRows {
            guard let inserted = insert(into: entity, at: place, time: time) else {
                counts.eventsDropped += 1
                readAfter(Self.scratchRow, at: time, into: &row)
                return RetainedEvents.noPage
            }
            end = events.after(inserted)
            page = inserted.page
        }
        join(entity, at: time)
        project(entity, at: time, end: end)
        readAfter(Self.scratchRow, at: time, into: &row)
        return page
    }

    static var scratchRow: UInt32 { 0 }

    /// Adds the current event to the entity's windows that stand over `time`.
    private mutating func join(_ entity: UInt32, at time: Int64) {
        let age = self.time(entity, EntityPlan.referenceWord) - time
        for index in windows.indices {
            let window = windows[index]
            if let entry = window.entry, age < boundaries[entry] { continue }
            if let exit = window.exit, age >= boundaries[exit] { continue }
            for accumulator in window.accumulators {
                let column = accumulators[accumulator].column
                let value = column.map { Double(bitPattern: current[$0]) } ?? 1
                add(value, at: time, to: accumulator, of: entity)
            }
        }
    }

    /// Shifts the later rows by one and writes the current event at `place`. O(later rows).
    private mutating func insert(into entity: UInt32, at place: Cursor, time: Int64) -> Cursor? {
        if retained(entity) >= limits.windowEventsMax { return nil }
        let reference = self.time(entity, EntityPlan.referenceWord)
        guard var target = extend(entity) else { return nil }
        let last = lastPage(of: entity)
        while target.sequence != place.sequence {
            let source = events.before(target, last: last)
            events.copyRow(from: source, to: target)
            target = source
        }
        events.setTime(time, target)
        for column in current.indices { events.setBits(current[column], column, target) }
        for boundary in boundaries.indices {
            let age = boundaries[boundary]
            let word = EntityPlan.cursorsWord + boundary
            let passed = target.distance(to: cursor(entity, word))
            if passed > 0 || (passed == 0 && time <= reference - age) {
                setCursor(events.after(cursor(entity, word)), entity, word)
            }
        }
        return target
    }

    /// Makes the scratch row the entity as it was at `time`, when its events ended at `end`.
    private mutating func project(_ entity: UInt32, at time: Int64, end: Cursor) {
        let scratch = Self.scratchRow
        for offset in 0..<plan.rowWords { setWord(word(entity, offset), scratch, offset) }
        setTime(time, scratch, EntityPlan.referenceWord)
        setCursor(end, scratch, EntityPlan.tailWord)
        let head = cursor(entity, EntityPlan.headWord)
        for boundary in boundaries.indices {
            let age = boundaries[boundary]
            let edge = events.advance(head, to: end, past: time - age)
            setCursor(edge, scratch, EntityPlan.cursorsWord + boundary)
        }
        for index in windows.indices
        where windows[index].exit != nil && !windows[index].accumulators.isEmpty {
            let window = windows[index]
            for accumulator in window.accumulators { clear(accumulator, of: scratch) }
            var place = start(index, scratch)
            let end = self.end(index, scratch)
            while place.sequence != end.sequence {
                for accumulator in window.accumulators {
                    add(place, to: accumulator, of: scratch)
                }
                place = events.after(place)
            }
        }
    }

    private mutating func clear(_ accumulator: Int, of entity: UInt32) {
        let layout = accumulators[accumulator]
        for offset in 0..<layout.kind.words { setWord(0, entity, layout.word + offset) }
    }
}
