internal import Bytes
public import Sparse

extension PendingLabels {
    /// Stores a scored event until its label comes. O(1).
    ///
    /// - Parameters:
    ///   - id: hash of the event's id; two ids with one hash are taken as one.
    ///   - payload: `payloadCount` numbers for the caller's use.
    /// - Returns: false when it was not stored: the id waits already or was resolved lately (the
    ///   first one stays), or the vector alone is larger than the limit.
    @discardableResult
    public mutating func insert(
        id: UInt64, timeMillis: Int64, score: Double, vector: borrowing SparseVector,
        payload: borrowing Span<UInt32>
    ) -> Bool {
        store(
            id: id, timeMillis: timeMillis, score: score, vector: vector, payload: payload,
            reorderStepsMax: limits.reorderStepsMax)
    }

    /// As `insert`, moving the event before at most `reorderStepsMax` newer ones.
    mutating func store(
        id: UInt64, timeMillis: Int64, score: Double, vector: borrowing SparseVector,
        payload: borrowing Span<UInt32>, reorderStepsMax: Int
    ) -> Bool {
        precondition(payload.count == payloadCount, "payload \(payload.count), not \(payloadCount)")
        var position = table.position(of: id)
        guard table[position] == KeyIndex.nowhere else {
            counts.repeatedEvents += 1
            return false
        }
        let chunks = VectorArena.chunks(for: vector.count)
        guard chunks <= vectors.chunksMax else {
            counts.oversized += 1
            return false
        }
        if makeRoom(chunks: chunks) { position = table.position(of: id) }
        let slot = takeSlot()
        entries[Int(slot)] = Entry(
            id: id, timeMillis: timeMillis, score: score, firstChunk: vectors.store(vector),
            vectorCount: UInt32(vector.count), older: Self.none, newer: Self.none)
        for k in payload.indices { payloads[Int(slot) * payloadCount + k] = payload[k] }
        link(slot, reorderStepsMax)
        table.set(slot + 1, for: id, at: position)
        count += 1
        return true
    }

    /// Lets the oldest go until there is a slot and the chunks.
    ///
    /// - Returns: whether any had to go.
    private mutating func makeRoom(chunks: Int) -> Bool {
        var hasEvicted = false
        while oldest != Self.none,
            count >= limits.pendingMax || vectors.chunksUsed + chunks > vectors.chunksMax
        {
            counts.evicted += 1
            resolve(oldest, as: Self.resolvedWithout)
            hasEvicted = true
        }
        return hasEvicted
    }

    private mutating func takeSlot() -> UInt32 {
        if freeSlot != Self.none {
            let slot = freeSlot
            leaveOut(slot)
            freeSlot = entries[Int(slot)].newer
            return slot
        }
        let slot = UInt32(slotsTouched)
        slotsTouched += 1
        return slot
    }

    /// Puts the slot behind the newest entry that is not later; among equal times the order is that
    /// of coming.
    private mutating func link(_ slot: UInt32, _ reorderStepsMax: Int) {
        let time = entries[Int(slot)].timeMillis
        var older = newest
        var newer = Self.none
        var steps = 0
        while older != Self.none, steps < reorderStepsMax,
            entries[Int(older)].timeMillis > time
        {
            newer = older
            older = entries[Int(older)].older
            steps += 1
        }
        connect(older, slot)
        connect(slot, newer)
    }

    /// Makes two slots, or a slot and an end of the list, neighbours.
    mutating func connect(_ older: UInt32, _ newer: UInt32) {
        if older == Self.none {
            oldest = newer
        } else {
            preserve(older)
            entries[Int(older)].newer = newer
        }
        if newer == Self.none { newest = older } else { entries[Int(newer)].older = older }
    }
}
