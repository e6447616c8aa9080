internal import Bytes
internal import Sparse

extension PendingLabels {
    /// Finds the event of a label. When it was waiting (`.joined`), it fills `example` and is
    /// forgotten but for its id. O(1).
    public mutating func join(id: UInt64, into example: inout PendingExample) -> LabelOutcome {
        let position = table.position(of: id)
        switch table[position] {
        case KeyIndex.nowhere:
            counts.orphans += 1
            return .orphan
        case Self.resolvedWithLabel:
            counts.duplicates += 1
            return .duplicate
        case Self.resolvedWithout:
            counts.late += 1
            return .late
        case let place:
            counts.joined += 1
            copy(place - 1, into: &example)
            resolve(place - 1, as: Self.resolvedWithLabel, at: position)
            return .joined
        }
    }

    /// Takes out the oldest event that is `maturityMillis` old at `nowMillis` and had no label.
    ///
    /// - Returns: false when there is none. Call until then; what an event without a label means is
    ///   the caller's to say.
    public mutating func expireNext(
        nowMillis: Int64, into example: inout PendingExample
    ) -> Bool {
        guard oldest != Self.none else { return false }
        let (age, overflow) = nowMillis.subtractingReportingOverflow(
            entries[Int(oldest)].timeMillis)
        guard overflow ? nowMillis > 0 : age >= maturityMillis else { return false }
        counts.expired += 1
        copy(oldest, into: &example)
        resolve(oldest, as: Self.resolvedWithout)
        return true
    }

    private func copy(_ slot: UInt32, into example: inout PendingExample) {
        let entry = entries[Int(slot)]
        example.id = entry.id
        example.timeMillis = entry.timeMillis
        example.score = entry.score
        example.vector.removeAll()
        vectors.append(entry.firstChunk, count: Int(entry.vectorCount), to: &example.vector)
        example.payload.removeAll(keepingCapacity: true)
        let start = Int(slot) * payloadCount
        for k in start..<start + payloadCount { example.payload.append(payloads[k]) }
    }

    /// Frees the slot and remembers only its id and how it ended.
    ///
    /// - Parameter position: of the id in the table, where it is known.
    mutating func resolve(
        _ slot: UInt32, as outcome: UInt32, at position: KeyIndex.Position? = nil
    ) {
        preserveLeaving(slot)
        let entry = entries[Int(slot)]
        connect(entry.older, entry.newer)
        vectors.release(entry.firstChunk)
        entries[Int(slot)].newer = freeSlot
        freeSlot = slot
        count -= 1
        remember(entry.id, as: outcome, at: position)
    }

    mutating func remember(
        _ id: UInt64, as outcome: UInt32, at position: KeyIndex.Position? = nil
    ) {
        guard limits.resolvedMax > 0 else { return table.remove(id) }
        table.set(outcome, for: id, at: position ?? table.position(of: id))
        if resolved.count < limits.resolvedMax {
            resolved.append(id)
        } else {
            preserveOldestResolved()
            table.remove(resolved[resolvedNext])
            resolved[resolvedNext] = id
            resolvedNext = (resolvedNext + 1) % limits.resolvedMax
        }
    }
}
