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
    @inline(__always)
    private mutating func read(
        _ source: EntityPlan.Reading.Source, of entity: UInt32, at time: Int64
    ) -> Double {
        switch source {
        case .events(let start, let end):
            return Double(cursor(entity, start).distance(to: cursor(entity, end)))
        case .present(let sum):
            return Double(present(sum, entity))
        case .sum(let sum):
            return present(sum, entity) == 0 ? 0 : double(entity, sum)
        case .mean(let sum):
            let present = present(sum, entity)
            return present == 0 ? .nan : double(entity, sum) / Double(present)
        default:
            return readRare(source, of: entity, at: time)
        }
    }

    /// Out of line, so that the frequent ones stay small.
    @inline(never)
    private mutating func readRare(
        _ source: EntityPlan.Reading.Source, of entity: UInt32, at time: Int64
    ) -> Double {
        switch source {
        case .events, .present, .sum, .mean:
            preconditionFailure("\(source) is read in place")
        case .variance(let moments):
            return variance(moments, entity)
        case .stddev(let moments):
            return variance(moments, entity).squareRoot()
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
        cursor(entity, windows[window].startWord)
    }

    @inline(__always)
    func end(_ window: Int, _ entity: UInt32) -> Cursor {
        cursor(entity, windows[window].endWord)
    }

    @inline(__always)
    private func firstWord(_ accumulator: Int) -> Int { accumulators[accumulator].word }

    /// Values that are not missing, of a sum or an extreme whose first word is `word`.
    @inline(__always)
    private func present(_ word: Int, _ entity: UInt32) -> UInt64 { self.word(entity, word &+ 1) }

    // MARK: Readings

    /// Sample variance, `m2 / (n - 1)`; missing below two values.
    @inline(__always)
    private func variance(_ moments: Int, _ entity: UInt32) -> Double {
        let n = double(entity, moments)
        return n < 2 ? .nan : double(entity, moments + 2) / (n - 1)
    }

    private mutating func extreme(_ accumulator: Int, _ window: Int, _ entity: UInt32) -> Double {
        let word = firstWord(accumulator)
        guard present(word, entity) > 0 else { return .nan }
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
