internal import Bytes
internal import Events

/// Whether a row from a snapshot is one that events can have left. Only then does every later step
/// stay within the entity's events and subtract no more than was added.
extension EntityTable {
    /// - Parameters:
    ///   - first: the place that the entity's first page begins with; nil when it has none.
    ///   - last: its last page.
    /// - Complexity: O(events of the entity), once more for each summary over a window with an end.
    func isSound(_ row: UInt32, first: Cursor?, last: UInt32) -> Bool {
        EventTime.stored.contains(time(row, EntityPlan.referenceWord))
            && EventTime.stored.contains(time(row, EntityPlan.newestWord))
            && cursorsStandOnPages(of: row, first: first, last: last)
            && eventsAreInOrder(of: row) && edgesStandAtTheirAges(of: row)
            && summariesCountTheirEvents(of: row)
    }

    /// Whether every cursor lies between the entity's first and last event, on the page that holds
    /// its place, or on none behind a full last page.
    private func cursorsStandOnPages(of row: UInt32, first: Cursor?, last: UInt32) -> Bool {
        guard lastPage(of: row) == last else { return false }
        let head = cursor(row, EntityPlan.headWord)
        let length = head.distance(to: cursor(row, EntityPlan.tailWord))
        guard length >= 0 else { return false }
        guard let first else {
            let none = Cursor(sequence: head.sequence, page: RetainedEvents.noPage)
            return head.rowInPage == 0
                && (EntityPlan.headWord..<plan.accumulatorsWord).allSatisfy {
                    cursor(row, $0) == none
                }
        }
        var page = head.page
        guard page == first.page, head.sequence &- first.sequence < 8 else { return false }
        var sequence = first.sequence
        var standing = 0
        let wanted = plan.accumulatorsWord - EntityPlan.headWord
        while true {
            for word in EntityPlan.headWord..<plan.accumulatorsWord {
                let cursor = cursor(row, word)
                let isHere =
                    page == RetainedEvents.noPage
                    ? cursor.sequence == sequence : cursor.sequence &- sequence < 8
                guard isHere, cursor.page == page else { continue }
                guard head.distance(to: cursor) >= 0, head.distance(to: cursor) <= length else {
                    return false
                }
                standing += 1
            }
            guard page != RetainedEvents.noPage else { return standing == wanted }
            page = events.links[Int(page)].next
            sequence &+= UInt32(RetainedEvents.pageRows)
        }
    }

    /// Whether the events are in order of time, none of them newer than the windows' time.
    private func eventsAreInOrder(of row: UInt32) -> Bool {
        var place = cursor(row, EntityPlan.headWord)
        let tail = cursor(row, EntityPlan.tailWord)
        var newest = Int64.min
        while place.sequence != tail.sequence {
            let time = events.time(place)
            guard time >= newest else { return false }
            newest = time
            place = events.after(place)
        }
        return newest <= time(row, EntityPlan.referenceWord)
    }

    /// Whether each boundary's cursor stands on the first event that is younger than its age; the
    /// events are in order.
    private func edgesStandAtTheirAges(of row: UInt32) -> Bool {
        let head = cursor(row, EntityPlan.headWord)
        let tail = cursor(row, EntityPlan.tailWord)
        let last = lastPage(of: row)
        return boundaries.indices.allSatisfy { boundary in
            let edge = cursor(row, EntityPlan.cursorsWord + boundary)
            let passed = time(row, EntityPlan.referenceWord) - boundaries[boundary]
            let isPassed =
                edge.sequence == head.sequence
                || events.time(events.before(edge, last: last)) <= passed
            return isPassed && (edge.sequence == tail.sequence || events.time(edge) > passed)
        }
    }

    /// Whether each summary counts the values that stand in its window, which will be subtracted
    /// from it one by one.
    private func summariesCountTheirEvents(of row: UInt32) -> Bool {
        windows.indices.allSatisfy { window in
            windows[window].accumulators.allSatisfy { counts($0, over: window, of: row) }
        }
    }

    private func counts(_ accumulator: Int, over window: Int, of row: UInt32) -> Bool {
        let summary = accumulators[accumulator]
        let hasEnd = windows[window].exit != nil
        switch summary.kind {
        case .sum, .minimum, .maximum:
            let count = word(row, summary.word + 1)
            guard hasEnd else { return count <= ByteReader.tallyMax }
            return count == UInt64(valueCount(accumulator, in: window, of: row))
        case .moments:
            guard hasEnd else { return true }
            return double(row, summary.word) == Double(valueCount(accumulator, in: window, of: row))
        case .decayed:
            return EventTime.stored.contains(time(row, summary.word + 2))
        }
    }

    /// Values in the window that are not missing.
    private func valueCount(_ accumulator: Int, in window: Int, of row: UInt32) -> Int {
        var place = start(window, row)
        let end = end(window, row)
        guard accumulators[accumulator].column != nil else { return place.distance(to: end) }
        var count = 0
        while place.sequence != end.sequence {
            count += value(accumulator, place).isNaN ? 0 : 1
            place = events.after(place)
        }
        return count
    }
}

extension EventTime {
    /// Event times, and those before them to which an idle entity's windows may have been moved:
    /// with these no difference of two overflows.
    static let stored = -limits.upperBound...limits.upperBound
}
