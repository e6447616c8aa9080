internal import Bytes
internal import Events

/// All entities of one type: their running windows and their retained events.
///
/// An entity is one row of words (`EntityPlan`) and a list of pages (`RetainedEvents`); there is no
/// heap object per entity. An event costs one look-up, a step of each cursor, and one addition and
/// (in the long run) one subtraction per window. Windows only move when their entity is seen, so an
/// idle entity costs nothing; a hand walks over the rows and frees what idle entities no longer
/// need.
///
/// What a step calls is `mutating` or inlined even where it changes nothing: a borrowed value of
/// this size would be copied for each call.
struct EntityTable: ~Copyable {
    let plan: EntityPlan
    let limits: FeatureLimits
    // The plan's parts that a step reads.
    let columns: FixedArray<EntityPlan.Column>
    let boundaries: FixedArray<Int64>
    let windows: FixedArray<EntityPlan.Window>
    let accumulators: FixedArray<EntityPlan.Accumulator>
    let labelColumn: Int?
    let readingsBefore: FixedArray<EntityPlan.Reading>
    let readingsAfter: FixedArray<EntityPlan.Reading>
    let rowWords: Int
    var words: MappedArray<UInt64>
    var events: RetainedEvents
    var index = KeyIndex()
    var counts = FeatureCounts()
    var distinct = DistinctCounter()
    /// The current event's value of each column.
    var current: FixedArray<UInt64>
    /// Cursors as they stood before the current event, and the times they stood on.
    private var previous: FixedArray<Cursor>
    private var times: FixedArray<Int64>
    /// Rows ever used; row 0 is the late events' scratch.
    var rowsTouched = 1
    var freeRow = Self.noRow
    /// The row that the hand examines next.
    var hand = 1
    /// The snapshot under way.
    var cut = TableCut()
    /// Rows that were taken, changed or freed since the cut before.
    var changed: RowSet
    var freeRows = FreeListCut(none: Self.noRow)
    /// While it is made from snapshots.
    var restoration: TableRestoration?

    init(plan: EntityPlan, limits: FeatureLimits) {
        self.plan = plan
        self.limits = limits
        columns = FixedArray(plan.columns)
        boundaries = FixedArray(plan.boundaries)
        windows = FixedArray(plan.windows)
        accumulators = FixedArray(plan.accumulators)
        labelColumn = plan.labelColumn
        readingsBefore = FixedArray(plan.readingsBefore)
        readingsAfter = FixedArray(plan.readingsAfter)
        rowWords = plan.rowWords
        words = MappedArray(capacity: (limits.entitiesMax + 1) * plan.rowWords)
        changed = RowSet(rowsMax: limits.entitiesMax)
        events = RetainedEvents(
            columns: plan.columns.count,
            eventsMax: plan.retainsRows ? limits.retainedEventsMax : 0)
        current = FixedArray(repeating: 0, count: plan.columns.count)
        previous = FixedArray(repeating: .start, count: plan.boundaries.count)
        times = FixedArray(repeating: .max, count: plan.boundaries.count)
    }

    /// Takes in an event: moves the entity's windows to `time`, writes its features into `row`, and
    /// retains what later windows need.
    ///
    /// - Parameters:
    ///   - hint: where the entity's row may be.
    ///   - ordinal: the event's running number, below 2^48; a label finds its event by it.
    ///   - clock: the task's newest time; no accepted event is older by more than `latenessMillis`.
    /// - Returns: the page that holds the event, for `setLabel`.
    mutating func observe(
        key: UInt64, hint: UInt32 = noRow, time: Int64, ordinal: UInt64, clock: Int64,
        row: inout EventRow
    ) -> UInt32 {
        if ordinal % Self.eventsPerHandTurn == 0 { turnHand(clock: clock) }
        for column in columns.indices {
            current[column] = Self.bits(of: columns[column], ordinal: ordinal, in: row)
        }
        let entity = entityRow(key, hint: hint, time: time)
        if time >= self.time(entity, EntityPlan.referenceWord) {
            return observeInOrder(entity, time: time, row: &row)
        }
        counts.lateEvents += 1
        return observeLate(entity, time: time, row: &row)
    }

    private static let eventsPerHandTurn: UInt64 = 4

    private mutating func observeInOrder(
        _ entity: UInt32, time: Int64, row: inout EventRow
    ) -> UInt32 {
        moveWindows(of: entity, to: time)
        readBefore(entity, at: time, into: &row)
        trim(entity, at: time)
        let place = append(to: entity, time: time)
        // An event that could not be retained would never leave its windows again.
        for index in windows.indices {
            let window = windows[index]
            guard window.entry == nil, place != nil || window.exit == nil else { continue }
            for accumulator in window.accumulators {
                add(currentValue(accumulator), at: time, to: accumulator, of: entity)
            }
        }
        setTime(time, entity, EntityPlan.newestWord)
        readAfter(entity, at: time, into: &row)
        return place?.page ?? RetainedEvents.noPage
    }

    /// Moves every cursor to `time`; what expired is subtracted, oldest first, then what entered
    /// added.
    mutating func moveWindows(of entity: UInt32, to time: Int64) {
        setTime(time, entity, EntityPlan.referenceWord)
        let tail = cursor(entity, EntityPlan.tailWord)
        // All pages are touched before any is waited for: they are rarely in the cache.
        for boundary in boundaries.indices {
            let cursor = cursor(entity, EntityPlan.cursorsWord + boundary)
            previous[boundary] = cursor
            times[boundary] = cursor.sequence == tail.sequence ? .max : events.time(cursor)
        }
        var hasMoved = false
        for boundary in boundaries.indices where times[boundary] <= time - boundaries[boundary] {
            let passed = events.advance(
                previous[boundary], to: tail, past: time - boundaries[boundary])
            setCursor(passed, entity, EntityPlan.cursorsWord + boundary)
            hasMoved = true
        }
        guard hasMoved else { return }
        for window in windows.indices where !windows[window].accumulators.isEmpty {
            moveAccumulators(of: windows[window], of: entity, tail: tail)
        }
    }

    private mutating func moveAccumulators(
        of window: EntityPlan.Window, of entity: UInt32, tail: Cursor
    ) {
        var entered = tail
        var newEntry = tail
        if let entry = window.entry {
            entered = previous[entry]
            newEntry = cursor(entity, EntityPlan.cursorsWord + entry)
        }
        if let exit = window.exit {
            let newExit = cursor(entity, EntityPlan.cursorsWord + exit)
            // Events that aged past the whole window at once were never inside it.
            let passedOver = entered.distance(to: newExit) > 0
            var place = previous[exit]
            let end = passedOver ? entered : newExit
            while place.sequence != end.sequence {
                for accumulator in window.accumulators {
                    remove(place, from: accumulator, of: entity)
                }
                place = events.after(place)
            }
            if passedOver { entered = newExit }
        }
        while entered.sequence != newEntry.sequence {
            for accumulator in window.accumulators { add(entered, to: accumulator, of: entity) }
            entered = events.after(entered)
        }
    }

    // MARK: Words of an entity's row

    var rowBytes: Int { rowWords * MemoryLayout<UInt64>.size }

    /// Of a word in `words`, which checks it.
    @inline(__always)
    private func place(_ entity: UInt32, _ word: Int) -> Int {
        Int(entity) &* rowWords &+ word
    }

    @inline(__always)
    func word(_ entity: UInt32, _ word: Int) -> UInt64 { words[place(entity, word)] }

    @inline(__always)
    mutating func setWord(_ value: UInt64, _ entity: UInt32, _ word: Int) {
        words[place(entity, word)] = value
    }

    @inline(__always)
    func double(_ entity: UInt32, _ word: Int) -> Double {
        Double(bitPattern: self.word(entity, word))
    }

    @inline(__always)
    mutating func setDouble(_ value: Double, _ entity: UInt32, _ word: Int) {
        setWord(value.bitPattern, entity, word)
    }

    @inline(__always)
    func time(_ entity: UInt32, _ word: Int) -> Int64 {
        Int64(bitPattern: self.word(entity, word))
    }

    @inline(__always)
    mutating func setTime(_ time: Int64, _ entity: UInt32, _ word: Int) {
        setWord(UInt64(bitPattern: time), entity, word)
    }

    @inline(__always)
    func cursor(_ entity: UInt32, _ word: Int) -> Cursor { Cursor(word: self.word(entity, word)) }

    @inline(__always)
    mutating func setCursor(_ cursor: Cursor, _ entity: UInt32, _ word: Int) {
        setWord(cursor.word, entity, word)
    }

    // MARK: Columns

    /// What the column keeps of an event. A label that is not yet known is a NaN that carries the
    /// event's ordinal.
    private static func bits(
        of column: EntityPlan.Column, ordinal: UInt64, in row: borrowing EventRow
    ) -> UInt64 {
        switch column {
        case .number(let slot):
            let value = row.numbers[slot]
            return (value.isNaN ? .nan : value + 0).bitPattern  // -0 + 0 is 0: one zero, one NaN
        case .text(let slot):
            guard row.states[slot] == .present else { return Double.nan.bitPattern }
            return StableHash.of(row.textBytes(row.texts[slot]))
        case .label:
            return unknownLabel(ordinal)
        }
    }

    /// A quiet NaN with the ordinal as its payload.
    static func unknownLabel(_ ordinal: UInt64) -> UInt64 {
        0x7ff8_0000_0000_0000 | (ordinal & 0x0000_ffff_ffff_ffff) | 0x0001_0000_0000_0000
    }

    @inline(__always)
    private func currentValue(_ accumulator: Int) -> Double {
        guard let column = accumulators[accumulator].column else { return 1 }
        return Double(bitPattern: current[column])
    }
}
