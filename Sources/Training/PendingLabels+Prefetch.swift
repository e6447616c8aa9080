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
    public mutating func prefetchEntry(_ id: UInt64) {
        guard let slot = slot(of: id) else { return }
        entries.prefetch(slot)
        payloads.prefetch(slot * payloadCount, count: payloadCount)
    }

    /// Third, for a label: the vector as scored, and the entry's neighbours in time.
    public mutating func prefetchVector(_ id: UInt64) {
        guard let slot = slot(of: id) else { return }
        let entry = entries[slot]
        vectors.prefetch(entry.firstChunk, count: Int(entry.vectorCount))
        entries.prefetch(Int(entry.older))
        entries.prefetch(Int(entry.newer))
    }

    /// What the caller stored with an event that waits; nil when none does, or it stored less.
    public mutating func payload(_ place: Int, of id: UInt64) -> UInt32? {
        guard let slot = slot(of: id), place < payloadCount else { return nil }
        return payloads[slot * payloadCount + place]
    }

    @inline(__always)
    private func slot(of id: UInt64) -> Int? {
        let value = table[id]
        return value == KeyIndex.nowhere || value >= Self.resolvedWithout ? nil : Int(value) - 1
    }
}

extension VectorArena {
    func prefetch(_ chunk: UInt32, count: Int) {
        guard chunk != Self.none else { return }
        next.prefetch(Int(chunk))
        words.prefetch(
            Int(chunk) * Self.chunkWords, count: min(count, Self.chunkEntries))
        words.prefetch(
            Int(chunk) * Self.chunkWords + Self.indicesWord,
            count: min((count + 1) / 2, Self.chunkEntries / 2))
    }
}
