internal import Bytes

/// A state of which a part is kept: for a plan that computes fewer of the same project's features.
extension FeatureState {
    /// Forgets everything that a plan does not need. What it does need goes on bit for bit as if
    /// nothing else had ever been computed, as far as limits of entities and events were not met.
    ///
    /// O(entities and retained events), which for the moment are there twice.
    ///
    /// - Parameter plan: from `FeaturePlan.computing` of this state's plan, with less than that.
    /// - Returns: false where labels that are on their way would no longer find their events, since
    ///   an entity with windows over labels is gone; nothing has changed then.
    public mutating func narrow(to plan: FeaturePlan, limits: FeatureLimits) -> Bool {
        func labelled(_ plan: FeaturePlan) -> [String] {
            plan.tables.filter { $0.labelColumn != nil }.map(\.name)
        }
        guard labelled(plan) == labelled(self.plan) else { return false }
        var narrow = FeatureState(plan: plan, limits: limits)
        for (own, table) in plan.tables.enumerated() {
            guard let theirs = self.plan.tables.firstIndex(where: { $0.name == table.name })
            else { preconditionFailure("\(table.name) is no entity of the wider plan") }
            narrow.entities[own].table.take(partOf: entities[theirs].table)
        }
        narrow.nextOrdinal = nextOrdinal
        swap(&narrow.collisions, &collisions)
        self = narrow
        return true
    }
}

/// Which words of a wider plan's rows and columns of its events a narrower plan has.
private struct Narrowing {
    /// Places in a row: here, and in the wider one.
    var words: [(own: Int, theirs: Int)] = []
    /// For each column its place in the wider plan.
    var columns: [Int]

    /// Features have the same slots in all plans of a project; what a feature reads here and there
    /// is the same.
    init(from wide: EntityPlan, to plan: EntityPlan) {
        words = (0..<EntityPlan.cursorsWord).map { ($0, $0) }
        for (place, age) in plan.boundaries.enumerated() {
            guard let theirs = wide.boundaries.firstIndex(of: age)
            else { preconditionFailure("no boundary of \(age) ms in the wider plan") }
            words.append((EntityPlan.cursorsWord + place, EntityPlan.cursorsWord + theirs))
        }
        columns = Array(repeating: 0, count: plan.columns.count)
        let sources = Dictionary(
            uniqueKeysWithValues: (wide.readingsBefore + wide.readingsAfter)
                .map { ($0.slot, $0.source) })
        for reading in plan.readingsBefore + plan.readingsAfter {
            guard let source = sources[reading.slot]
            else { preconditionFailure("slot \(reading.slot) is not of the wider plan") }
            if let own = reading.source.column, let theirs = source.column {
                columns[own] = theirs
            }
            guard let own = plan.accumulator(of: reading.source),
                let theirs = wide.accumulator(of: source)
            else { continue }
            if let column = own.column, let place = theirs.column { columns[column] = place }
            words += (0..<own.kind.words).map { (own.word + $0, theirs.word + $0) }
        }
    }
}

extension EntityPlan {
    fileprivate func accumulator(of source: Reading.Source) -> Accumulator? {
        switch source {
        case .present(let word), .sum(let word), .mean(let word), .variance(let word),
            .stddev(let word):
            accumulators.first { $0.word == word }
        case .extreme(let accumulator, _), .decayedCount(let accumulator),
            .decayedSum(let accumulator), .decayedMean(let accumulator):
            accumulators[accumulator]
        case .events, .first, .lag, .distinct, .timeSinceLast: nil
        }
    }
}

extension EntityPlan.Reading.Source {
    fileprivate var column: Int? {
        switch self {
        case .first(_, let column), .lag(_, let column, _), .distinct(_, let column): column
        default: nil
        }
    }
}

extension EntityTable {
    /// Takes in the part of another table of the same entity that this one keeps; every row and
    /// every page stands where it stands there.
    fileprivate mutating func take(partOf wide: borrowing EntityTable) {
        let narrowing = Narrowing(from: wide.plan, to: plan)
        rowsTouched = wide.rowsTouched
        freeRow = wide.freeRow
        hand = wide.hand
        counts = wide.counts
        for row in 1..<max(1, UInt32(wide.rowsTouched)) {
            for (own, theirs) in narrowing.words { setWord(wide.word(row, theirs), row, own) }
            guard time(row, EntityPlan.referenceWord) != Self.free else { continue }
            index.set(row, for: word(row, EntityPlan.keyWord))
            if !plan.retainsRows { forgetEvents(of: row) }
        }
        if plan.retainsRows {
            events.take(columns: narrowing.columns, of: wide.events)
        } else {
            counts.retainedEvents = 0
        }
    }

    /// As a row stands for which nothing was ever retained.
    private mutating func forgetEvents(of row: UInt32) {
        for word in EntityPlan.lastPageWord..<plan.accumulatorsWord {
            setCursor(.start, row, word)
        }
    }
}

extension RetainedEvents {
    /// Takes in all pages of another pool, with some of their columns.
    fileprivate mutating func take(columns chosen: [Int], of wide: borrowing RetainedEvents) {
        pagesTouched = wide.pagesTouched
        pagesInUse = wide.pagesInUse
        freePage = wide.freePage
        for page in 0..<wide.pagesTouched {
            links[page] = wide.links[page]
            for row in 0..<Self.pageRows {
                let from = page * wide.pageWords + row * (1 + wide.columns)
                let to = page * pageWords + row * (1 + columns)
                words[to] = wide.words[from]
                for (own, theirs) in chosen.enumerated() {
                    words[to + 1 + own] = wide.words[from + 1 + theirs]
                }
            }
        }
    }
}
