internal import Bytes
internal import Events
internal import Features
internal import Training

/// The memory of labels that come soon, and of events that will wait for theirs: each call in its
/// turn, with those of the features between, so that memory arrives meanwhile.
extension LabelJoin {
    /// First: where events will be stored, and labels look for theirs.
    ///
    /// - Parameter id: of the events.
    mutating func prefetchLookUps(of ahead: borrowing LookAhead, id: EventID) {
        var labelCount = 0
        for place in 0..<ahead.count {
            if ahead.isEvent(place) {
                pending.prefetchLookUp(id.key(of: ahead.rows[place]))
            } else if let key = ahead.labelKey(place) {
                pending.prefetchLookUp(key, ahead: labelCount)
                labelCount += 1
            }
        }
    }

    /// Second: the labels' events.
    mutating func prefetchEntries(of ahead: borrowing LookAhead) {
        aheadCount = 0
        for place in 0..<ahead.count {
            guard let key = ahead.labelKey(place) else { continue }
            let slot = pending.prefetchEntry(key)
            guard slot != PendingLabels.nowhere else { continue }
            slotsAhead[aheadCount] = slot
            aheadCount += 1
        }
    }

    /// Third: their vectors, and the pages of the windows that hold them.
    mutating func prefetchPages(in features: inout FeatureState) {
        for place in 0..<aheadCount {
            let slot = slotsAhead[place]
            pending.prefetchVector(at: slot)
            for number in 0..<pageCount {
                features.prefetchPage(page(number, ofEventAt: slot), ofLabelledEntity: number)
            }
        }
    }

    /// Fourth: the rows of the entities that own those pages.
    mutating func prefetchOwners(in features: inout FeatureState) {
        for place in 0..<aheadCount {
            for number in 0..<pageCount {
                features.prefetchOwner(
                    ofPage: page(number, ofEventAt: slotsAhead[place]), ofLabelledEntity: number)
            }
        }
    }
}
