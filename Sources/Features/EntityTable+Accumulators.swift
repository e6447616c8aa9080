internal import Bytes
internal import Glibc

/// The running summaries. A missing value (NaN) neither enters nor leaves.
extension EntityTable {
    @inline(__always)
    mutating func add(_ place: Cursor, to accumulator: Int, of entity: UInt32) {
        add(value(accumulator, place), at: events.time(place), to: accumulator, of: entity)
    }

    mutating func add(_ value: Double, at time: Int64, to accumulator: Int, of entity: UInt32) {
        guard !value.isNaN else { return }
        let plan = accumulators[accumulator]
        let word = plan.word
        switch plan.kind {
        case .sum:
            setDouble(double(entity, word) + value, entity, word)
            setWord(self.word(entity, word + 1) + 1, entity, word + 1)
        case .moments:
            addMoments(value, entity, word)
        case .minimum, .maximum:
            let present = self.word(entity, word + 1)
            let extreme = double(entity, word)
            let improves = plan.kind == .minimum ? value < extreme : value > extreme
            if present == 0 || improves { setDouble(value, entity, word) }
            setWord(present + 1, entity, word + 1)
        case .decayed(let halfLifeMillis):
            decay(entity, word, to: self.time(entity, EntityPlan.referenceWord), halfLifeMillis)
            let age = self.time(entity, EntityPlan.referenceWord) - time
            let weight = exp2(-Double(age) / Double(halfLifeMillis))
            setDouble(double(entity, word) + weight * value, entity, word)
            setDouble(double(entity, word + 1) + weight, entity, word + 1)
        }
    }

    mutating func remove(_ place: Cursor, from accumulator: Int, of entity: UInt32) {
        let value = value(accumulator, place)
        guard !value.isNaN else { return }
        let plan = accumulators[accumulator]
        let word = plan.word
        switch plan.kind {
        case .sum:
            let present = self.word(entity, word + 1) - 1
            let sum = double(entity, word) - value
            // A sum that has overflowed starts again once its window is empty.
            setDouble(present == 0 && !sum.isFinite ? 0 : sum, entity, word)
            setWord(present, entity, word + 1)
        case .moments:
            removeMoments(value, entity, word)
        case .minimum, .maximum:
            if value == double(entity, word) { setDouble(.nan, entity, word) }
            setWord(self.word(entity, word + 1) - 1, entity, word + 1)
        case .decayed:
            assertionFailure("a decayed sum has no end that events leave by")
        }
    }

    @inline(__always)
    func value(_ accumulator: Int, _ place: Cursor) -> Double {
        guard let column = accumulators[accumulator].column else { return 1 }
        return events.value(column, place)
    }

    /// Welford's update with Kahan compensation of the mean, as pandas' rolling variance does it.
    private mutating func addMoments(_ value: Double, _ entity: UInt32, _ word: Int) {
        let n = double(entity, word) + 1
        let mean = double(entity, word + 1)
        let compensation = double(entity, word + 3)
        let y = value - compensation
        let t = y - mean
        setDouble(t + mean - y, entity, word + 3)
        let newMean = mean + t / n
        setDouble(n, entity, word)
        setDouble(newMean, entity, word + 1)
        setDouble(double(entity, word + 2) + (value - mean) * (value - newMean), entity, word + 2)
    }

    /// The inverse of `addMoments`; an empty window starts again from zero.
    private mutating func removeMoments(_ value: Double, _ entity: UInt32, _ word: Int) {
        let n = double(entity, word) - 1
        guard n > 0 else {
            for offset in 0..<EntityPlan.Accumulator.Kind.moments.words {
                setDouble(0, entity, word + offset)
            }
            return
        }
        let mean = double(entity, word + 1)
        let compensation = double(entity, word + 4)
        let y = value - compensation
        let t = y - mean
        setDouble(t + mean - y, entity, word + 4)
        let newMean = mean - t / n
        setDouble(n, entity, word)
        setDouble(newMean, entity, word + 1)
        let m2 = double(entity, word + 2) - (value - mean) * (value - newMean)
        setDouble(max(m2, 0), entity, word + 2)
    }

    /// Lets the decayed sum and count age to `time`: `S(t) = S(s) * 2^(-(t - s) / halfLife)`.
    @inline(__always)
    mutating func decay(_ entity: UInt32, _ word: Int, to time: Int64, _ halfLifeMillis: Int64) {
        let age = time - self.time(entity, word + 2)
        guard age > 0 else { return }
        let factor = exp2(-Double(age) / Double(halfLifeMillis))
        setDouble(double(entity, word) * factor, entity, word)
        setDouble(double(entity, word + 1) * factor, entity, word + 1)
        setTime(time, entity, word + 2)
    }
}
