internal import Bytes
internal import Events

/// Features read from an entity whose windows stand at the event's time.
extension EntityTable {
    /// Reads what leaves out the current event.
    mutating func readBefore(_ entity: UInt32, at time: Int64, into row: inout EventRow) {
        for reading in readingsBefore.indices {
            read(readingsBefore[reading], of: entity, at: time, into: &row)
        }
    }

    /// Reads what includes the current event.
    mutating func readAfter(_ entity: UInt32, at time: Int64, into row: inout EventRow) {
        for reading in readingsAfter.indices {
            read(readingsAfter[reading], of: entity, at: time, into: &row)
        }
    }

    @inline(__always)
    mutating func read(
        _ reading: EntityPlan.Reading, of entity: UInt32, at time: Int64, into row: inout EventRow
    ) {
        let value = read(reading.source, of: entity, at: time)
        row.numbers[reading.slot] = value.isNaN ? reading.otherwise : value
    }

    /// The value, or NaN when there is nothing to summarise. O(1), except for `distinct` and for an
    /// extreme that has just left its window, which are O(events in the window).
    private mutating func read(
        _ source: EntityPlan.Reading.Source, of entity: UInt32, at time: Int64
    ) -> Double {
        switch source {
        case .events(let window):
            return Double(start(window, entity).distance(to: end(window, entity)))
        case .present(let accumulator):
            return Double(present(accumulator, entity))
        case .sum(let accumulator):
            return present(accumulator, entity) == 0 ? 0 : double(entity, firstWord(accumulator))
        case .mean(let accumulator):
            let present = present(accumulator, entity)
            return present == 0 ? .nan : double(entity, firstWord(accumulator)) / Double(present)
        case .variance(let accumulator):
            return variance(accumulator, entity)
        case .stddev(let accumulator):
            return variance(accumulator, entity).squareRoot()
        case .extreme(let accumulator, let window):
            return extreme(accumulator, window, entity)
        case .first(let window, let column):
            return first(window, column, entity)
        case .lag(let window, let column, let back):
            return lag(window, column, back, entity)
        case .distinct(let window, let column):
            return countDistinct(window, column, entity)
        case .timeSinceLast(let window):
            return timeSinceLast(window, entity, at: time)
        case .decayedCount(let accumulator):
            return decayed(accumulator, entity, at: time).count
        case .decayedSum(let accumulator):
            return decayed(accumulator, entity, at: time).sum
        case .decayedMean(let accumulator):
            let (sum, count) = decayed(accumulator, entity, at: time)
            return count > 0 ? sum / count : .nan
        }
    }

    // MARK: Edges of a window

    @inline(__always)
    func start(_ window: Int, _ entity: UInt32) -> Cursor {
        let word = windows[window].exit.map { EntityPlan.cursorsWord + $0 }
        return cursor(entity, word ?? EntityPlan.headWord)
    }

    @inline(__always)
    func end(_ window: Int, _ entity: UInt32) -> Cursor {
        let word = windows[window].entry.map { EntityPlan.cursorsWord + $0 }
        return cursor(entity, word ?? EntityPlan.tailWord)
    }

    @inline(__always)
    private func firstWord(_ accumulator: Int) -> Int { accumulators[accumulator].word }

    @inline(__always)
    private func present(_ accumulator: Int, _ entity: UInt32) -> UInt64 {
        word(entity, firstWord(accumulator) + 1)
    }

    // MARK: Readings

    /// Sample variance, `m2 / (n - 1)`; missing below two values.
    @inline(__always)
    private func variance(_ accumulator: Int, _ entity: UInt32) -> Double {
        let n = double(entity, firstWord(accumulator))
        return n < 2 ? .nan : double(entity, firstWord(accumulator) + 2) / (n - 1)
    }

    private mutating func extreme(_ accumulator: Int, _ window: Int, _ entity: UInt32) -> Double {
        guard present(accumulator, entity) > 0 else { return .nan }
        let word = firstWord(accumulator)
        let known = double(entity, word)
        guard known.isNaN, let column = accumulators[accumulator].column else { return known }
        let wantsMinimum = accumulators[accumulator].kind == .minimum
        var found = Double.nan
        var place = start(window, entity)
        let end = end(window, entity)
        while place.sequence != end.sequence {
            let value = events.value(column, place)
            let improves = wantsMinimum ? value < found : value > found
            if improves || found.isNaN { found = value }
            place = events.after(place)
        }
        setDouble(found, entity, word)
        return found
    }

    /// The oldest value that is not missing.
    private mutating func first(_ window: Int, _ column: Int, _ entity: UInt32) -> Double {
        var place = start(window, entity)
        let end = end(window, entity)
        while place.sequence != end.sequence {
            let value = events.value(column, place)
            if !value.isNaN { return value }
            place = events.after(place)
        }
        return .nan
    }

    private mutating func lag(_ window: Int, _ column: Int, _ back: Int, _ entity: UInt32) -> Double
    {
        let last = lastPage(of: entity)
        var place = end(window, entity)
        guard start(window, entity).distance(to: place) > back else { return .nan }
        for _ in 0...back { place = events.before(place, last: last) }
        return events.value(column, place)
    }

    private mutating func countDistinct(_ window: Int, _ column: Int, _ entity: UInt32) -> Double {
        distinct.removeAll()
        var place = start(window, entity)
        let end = end(window, entity)
        while place.sequence != end.sequence {
            let bits = events.bits(column, place)
            if !columns[column].isMissing(bits) { distinct.insert(bits) }
            place = events.after(place)
        }
        return Double(distinct.count)
    }

    private mutating func timeSinceLast(_ window: Int, _ entity: UInt32, at time: Int64) -> Double {
        let last = lastPage(of: entity)
        let end = end(window, entity)
        guard start(window, entity).distance(to: end) > 0 else { return .nan }
        return Double(time - events.time(events.before(end, last: last)))
    }

    private mutating func decayed(
        _ accumulator: Int, _ entity: UInt32, at time: Int64
    ) -> (sum: Double, count: Double) {
        let word = firstWord(accumulator)
        if case .decayed(let halfLifeMillis) = accumulators[accumulator].kind {
            decay(entity, word, to: time, halfLifeMillis)
        }
        return (double(entity, word), double(entity, word + 1))
    }
}
