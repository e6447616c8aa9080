internal import Bytes
public import Events

/// Features as they are between events, for who asks.
extension FeatureState {
    /// Computes every feature of the entities that `row` names, as an event at `time` would find
    /// them that is in no window itself. Changes no feature of any event: windows move in a copy.
    /// O(features + what expires), allocates nothing.
    ///
    /// - Parameters:
    ///   - row: holds the fields that are known, keys of entities among them; gets every feature
    ///     that is computed. One of an entity that is not named stays missing.
    ///   - time: milliseconds since the Unix epoch, no older than the task's newest event.
    /// - Returns: whether one of the entities is known.
    public mutating func look(row: inout EventRow, at time: Int64) -> Bool {
        row.setNumber(Double(time), at: plan.timeSlot)
        Self.run(beforeWindows, on: &row)
        var isKnown = false
        for type in entities.indices where row.states[entities[type].keySlot] == .present {
            let key = entities[type].key(in: row)
            if entities[type].table.look(key: key, at: time, row: &row) { isKnown = true }
        }
        Self.run(afterWindows, on: &row)
        return isKnown
    }
}

extension EntityTable {
    /// Reads the features of an entity at `time`, without an event; of an unknown one, those of one
    /// without a past.
    fileprivate mutating func look(key: UInt64, at time: Int64, row: inout EventRow) -> Bool {
        let entity = entity(of: key, at: time)
        let scratch = Self.scratchRow
        if let entity {
            for offset in 0..<rowWords { setWord(word(entity, offset), scratch, offset) }
        } else {
            clear(scratch, key: key, at: time)
        }
        moveWindows(of: scratch, to: time)
        readBefore(scratch, at: time, into: &row)
        readAfter(scratch, at: time, into: &row)
        return entity != nil
    }
}
