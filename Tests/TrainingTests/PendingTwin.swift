import Sparse

@testable import Training

/// `PendingLabels` without any of its structures: a list, searched and sorted.
struct PendingTwin {
    struct Entry: Equatable {
        var id: UInt64
        var timeMillis: Int64
        var score: Double
        var vector: SparseVector
        var payload: [UInt32]
    }

    let maturityMillis: Int64
    let pendingMax: Int
    let resolvedMax: Int
    var pending: [Entry] = []
    var resolved: [(id: UInt64, hadLabel: Bool)] = []
    var counts = PendingCounts()

    init(maturityMillis: Int64, pendingMax: Int, resolvedMax: Int) {
        self.maturityMillis = maturityMillis
        self.pendingMax = pendingMax
        self.resolvedMax = resolvedMax
    }

    mutating func insert(_ entry: Entry) -> Bool {
        if pending.contains(where: { $0.id == entry.id })
            || resolved.contains(where: { $0.id == entry.id })
        {
            counts.repeatedEvents += 1
            return false
        }
        if pending.count == pendingMax {
            counts.evicted += 1
            remember(pending.removeFirst().id, hadLabel: false)
        }
        let place = pending.lastIndex { $0.timeMillis <= entry.timeMillis }.map { $0 + 1 } ?? 0
        pending.insert(entry, at: place)
        return true
    }

    mutating func join(_ id: UInt64) -> (LabelOutcome, Entry?) {
        if let place = pending.firstIndex(where: { $0.id == id }) {
            counts.joined += 1
            remember(id, hadLabel: true)
            return (.joined, pending.remove(at: place))
        }
        guard let known = resolved.last(where: { $0.id == id }) else {
            counts.orphans += 1
            return (.orphan, nil)
        }
        counts.duplicates += known.hadLabel ? 1 : 0
        counts.late += known.hadLabel ? 0 : 1
        return (known.hadLabel ? .duplicate : .late, nil)
    }

    mutating func expireNext(_ now: Int64) -> Entry? {
        guard let oldest = pending.first, oldest.timeMillis + maturityMillis <= now else {
            return nil
        }
        counts.expired += 1
        remember(oldest.id, hadLabel: false)
        return pending.removeFirst()
    }

    private mutating func remember(_ id: UInt64, hadLabel: Bool) {
        resolved.append((id, hadLabel))
        if resolved.count > resolvedMax { resolved.removeFirst() }
    }
}

extension PendingTwin.Entry {
    init(_ example: PendingExample) {
        id = example.id
        timeMillis = example.timeMillis
        score = example.score
        vector = example.vector
        payload = example.payload
    }
}
