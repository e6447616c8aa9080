internal import Bytes

/// Labels that arrive after their events.
extension EntityTable {
    /// Writes the label at its event's place in time, and adds it to the windows that hold the
    /// event.
    ///
    /// - Parameters:
    ///   - ordinal: the event's, as given to `observe`.
    ///   - page: what `observe` returned.
    /// - Returns: false when the event is no longer retained, or its label was already known.
    @discardableResult
    mutating func setLabel(_ label: Double, ordinal: UInt64, page: UInt32) -> Bool {
        guard let column = labelColumn, !label.isNaN else { return false }
        let entity = events.owner(of: page)
        guard entity != RetainedEvents.noPage,
            let place = events.find(
                bits: Self.unknownLabel(ordinal), column: column, owner: entity, from: page),
            cursor(entity, EntityPlan.headWord).distance(to: place) >= 0,
            place.distance(to: cursor(entity, EntityPlan.tailWord)) > 0
        else { return false }
        preserve(entity)
        events.setBits(label.bitPattern, column, place)
        for index in windows.indices {
            let window = windows[index]
            let isInside =
                start(index, entity).distance(to: place) >= 0
                && place.distance(to: end(index, entity)) > 0
            guard isInside else { continue }
            for accumulator in window.accumulators
            where accumulators[accumulator].column == column {
                add(label, at: events.time(place), to: accumulator, of: entity)
            }
        }
        return true
    }
}
