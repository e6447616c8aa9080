internal import Bytes
public import Events

/// Asking for the memory of events and labels that come soon: what an event touches lies scattered
/// over tables far larger than the caches, and one that waits for each line in turn waits longer
/// than it computes. Chen, Ailamaki, Gibbons, Mowry, "Improving Hash Join Performance through
/// Prefetching", ICDE 2004, call it group prefetching.
///
/// For a few records each call in its turn, so that memory arrives meanwhile. All of it is hints:
/// no result depends on them, or on what happens between them and the step.
extension FeatureState {
    /// First: where the event's entities are looked up.
    public mutating func prefetchLookUps(of row: borrowing EventRow) {
        for type in entities.indices {
            entities[type].table.index.prefetch(entities[type].key(in: row))
        }
    }

    /// Second: the entities' rows. What was looked up is kept for the following calls.
    ///
    /// - Parameter place: of the record among those looked ahead to, below `aheadMax`.
    public mutating func prefetchRows(of row: borrowing EventRow, at place: Int) {
        for type in entities.indices {
            let entity = entities[type].table.index[entities[type].key(in: row)]
            rowsAhead[place * entities.count + type] = entity
            entities[type].table.prefetchRow(entity)
        }
    }

    /// Third: the retained events on which the windows' edges stand, and those behind them.
    public mutating func prefetchEdges(at place: Int) {
        for type in entities.indices {
            entities[type].table.prefetchEdges(of: rowsAhead[place * entities.count + type])
        }
    }

    /// Fourth: the pages that edges will step on to.
    public mutating func prefetchCrossings(at place: Int) {
        for type in entities.indices {
            entities[type].table.prefetchCrossings(of: rowsAhead[place * entities.count + type])
        }
    }

    /// Twice for a group of records, with the others between: the pages that are filled next.
    public mutating func prefetchFreePages() {
        for type in entities.indices { entities[type].table.events.prefetchFreePages() }
    }

    /// For a label, first: the pages that hold its event.
    public mutating func prefetchPage(_ page: UInt32, ofLabelledEntity number: Int) {
        entities[labelled[number]].table.events.prefetchPage(page)
    }

    /// Second: the row of the entity that owns the page.
    public mutating func prefetchOwner(ofPage page: UInt32, ofLabelledEntity number: Int) {
        entities[labelled[number]].table.prefetchOwner(of: page)
    }
}

extension EntityTable {
    mutating func prefetchRow(_ entity: UInt32) {
        if entity != Self.noRow { prefetchWords(of: entity) }
    }

    mutating func prefetchEdges(of entity: UInt32) {
        guard entity != Self.noRow else { return }
        for word in EntityPlan.headWord..<EntityPlan.cursorsWord + boundaries.count {
            events.prefetch(cursor(entity, word))
        }
    }

    mutating func prefetchCrossings(of entity: UInt32) {
        guard entity != Self.noRow else { return }
        for word in EntityPlan.headWord..<EntityPlan.cursorsWord + boundaries.count {
            events.prefetchCrossing(cursor(entity, word))
        }
    }

    mutating func prefetchOwner(of page: UInt32) {
        let entity = events.owner(of: page)
        if entity != RetainedEvents.noPage { prefetchWords(of: entity) }
    }

    @inline(__always)
    private func prefetchWords(of entity: UInt32) {
        words.prefetch(Int(entity) * rowWords, count: rowWords)
    }
}

extension RetainedEvents {
    /// The event, with what a step to the next one reads.
    func prefetch(_ cursor: Cursor) {
        guard cursor.page != Self.noPage else { return }
        if cursor.isLastInPage {
            words.prefetch(place(cursor), count: 1 + columns)
            links.prefetch(Int(cursor.page))
        } else {
            words.prefetch(place(cursor), count: 2 * (1 + columns))
        }
    }

    /// Behind the last event of a page, the first one of the next.
    func prefetchCrossing(_ cursor: Cursor) {
        guard cursor.isLastInPage, cursor.page != Self.noPage else { return }
        let next = links[Int(cursor.page)].next
        if next != Self.noPage { words.prefetch(Int(next) * pageWords, count: 1 + columns) }
    }

    /// The next free page, and, where the first is known already, the one behind it.
    mutating func prefetchFreePages() {
        guard freePage != Self.noPage else { return }
        prefetchPage(freePage)
        let second = links[Int(freePage)].next
        if second != Self.noPage { prefetchPage(second) }
    }

    func prefetchPage(_ page: UInt32) {
        guard page != Self.noPage else { return }
        links.prefetch(Int(page))
        words.prefetch(Int(page) * pageWords, count: pageWords)
    }
}
