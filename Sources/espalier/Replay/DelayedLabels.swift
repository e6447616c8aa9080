internal import Pipeline

/// Labels by event, each known a fixed time after its event: what files without a time of their own
/// stand for.
///
/// Memory: about 50 bytes a label, 24 for an event that waits for its label to be due.
struct DelayedLabels {
    /// One label that an event waits for.
    struct Due: Equatable {
        var timeMillis: Int64
        var key: UInt64
        var label: Label
    }

    let delayMillis: Int64
    private let labelsMax: Int
    private var labels: [UInt64: Label] = [:]
    /// By time, from `first` on.
    private var queue: [Due] = []
    private var first = 0
    /// Labels of an event that had one already.
    private(set) var duplicates: UInt64 = 0

    /// - Parameter labelsMax: that wait for their event; one more is refused.
    init(delayMillis: Int64, labelsMax: Int = 100_000_000) {
        self.delayMillis = delayMillis
        self.labelsMax = labelsMax
    }

    /// Labels whose event has not come.
    var unusedCount: Int { labels.count }

    /// Notes a label; the first one of an event counts.
    mutating func insert(_ label: Label, for key: UInt64) throws(Failure) {
        guard labels[key] == nil else {
            duplicates += 1
            return
        }
        guard labels.count < labelsMax else {
            throw Failure(
                .data,
                "--labels: found more than \(Numerals.grouped(labelsMax)) labels without a time; "
                    + "expected fewer, or labels with a time, which are not kept in memory")
        }
        labels[key] = label
    }

    /// Puts the label of an event, if there is one, where it is due.
    ///
    /// - Returns: the label.
    @discardableResult
    mutating func await(key: UInt64, eventMillis: Int64) -> Label? {
        guard let label = labels.removeValue(forKey: key) else { return nil }
        let due = Due(timeMillis: eventMillis + delayMillis, key: key, label: label)
        var place = queue.count
        while place > first, queue[place - 1].timeMillis > due.timeMillis { place -= 1 }
        queue.insert(due, at: place)
        return label
    }

    /// Takes the next label due at this time or before; call until there is none.
    mutating func next(dueAt millis: Int64) -> Due? {
        guard first < queue.count, queue[first].timeMillis <= millis else { return nil }
        defer {
            first += 1
            if first >= Self.sweepCount, first * 2 >= queue.count {
                queue.removeFirst(first)
                first = 0
            }
        }
        return queue[first]
    }

    private static let sweepCount = 4_096
}
