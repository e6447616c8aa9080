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

    /// Second: the entities' rows.
    public mutating func prefetchRows(of row: borrowing EventRow) {
        for type in entities.indices {
            entities[type].table.prefetchRow(entities[type].key(in: row))
        }
    }

    /// Third: the retained events on which the windows' edges stand.
    public mutating func prefetchEdges(of row: borrowing EventRow) {
        for type in entities.indices {
            entities[type].table.prefetchEdges(entities[type].key(in: row))
        }
    }

    /// For a label, first: the pages that hold its event.
    public mutating func prefetchPage(_ page: UInt32, ofLabelledEntity number: Int) {
        var next = 0
        for type in entities.indices where entities[type].holdsLabels {
            if next == number { entities[type].table.events.prefetchPage(page) }
            next += 1
        }
    }

    /// Second: the row of the entity that owns the page.
    public mutating func prefetchOwner(ofPage page: UInt32, ofLabelledEntity number: Int) {
        var next = 0
        for type in entities.indices where entities[type].holdsLabels {
            if next == number { entities[type].table.prefetchOwner(of: page) }
            next += 1
        }
    }
}

extension EntityTable {
    mutating func prefetchRow(_ key: UInt64) {
        let entity = index[key]
        if entity != Self.noRow { prefetchWords(of: entity) }
    }

    mutating func prefetchEdges(_ key: UInt64) {
        let entity = index[key]
        guard entity != Self.noRow else { return }
        for word in EntityPlan.headWord..<EntityPlan.cursorsWord + boundaries.count {
            events.prefetch(cursor(entity, word))
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
    func prefetch(_ cursor: Cursor) {
        if cursor.page != Self.noPage { words.prefetch(place(cursor), count: 1 + columns) }
    }

    func prefetchPage(_ page: UInt32) {
        guard page != Self.noPage else { return }
        links.prefetch(Int(page))
        words.prefetch(Int(page) * pageWords, count: pageWords)
    }
}
