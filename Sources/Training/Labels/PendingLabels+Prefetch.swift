internal import Bytes

/// Asking for the memory of events and labels that come soon, a few at a time, each call in its
/// turn. All of it is hints: no result depends on them.
extension PendingLabels {
    /// First: where an event or a label is looked up; and where the id is that the label will
    /// displace from those remembered.
    ///
    /// - Parameter ahead: how many labels come before it.
    public mutating func prefetchLookUp(_ id: UInt64, ahead: Int = 0) {
        table.prefetch(id)
        guard resolved.count == limits.resolvedMax, !resolved.isEmpty else { return }
        table.prefetch(resolved[(resolvedNext + ahead) % resolved.count])
    }

    /// Second, for a label: its event's entry.
    ///
    /// - Returns: where the entry is, for the calls that follow; `nowhere` when none waits.
    public mutating func prefetchEntry(_ id: UInt64) -> UInt32 {
        let value = table[id]
        guard value != KeyIndex.nowhere, value < Self.resolvedWithout else { return Self.nowhere }
        entries.prefetch(Int(value) - 1)
        payloads.prefetch((Int(value) - 1) * payloadCount, count: payloadCount)
        return value - 1
    }

    /// No entry is here.
    public static let nowhere = none

    /// Third, for a label: the vector as scored, and the entry's neighbours in time.
    public mutating func prefetchVector(at slot: UInt32) {
        let entry = entries[Int(slot)]
        vectors.prefetch(entry.firstChunk, count: Int(entry.vectorCount))
        entries.prefetch(Int(entry.older))
        entries.prefetch(Int(entry.newer))
    }

    /// A number that the caller stored with the event at `slot`.
    public mutating func payload(_ place: Int, at slot: UInt32) -> UInt32 {
        payloads[Int(slot) * payloadCount + place]
    }
}

extension VectorArena {
    func prefetch(_ chunk: UInt32, count: Int) {
        guard chunk != Self.none else { return }
        next.prefetch(Int(chunk))
        let place = Self.place(of: chunk, count: min(count, Self.chunkEntries))
        values.prefetch(place.lowerBound, count: place.count)
        indices.prefetch(place.lowerBound, count: place.count)
    }
}
