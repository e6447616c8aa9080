internal import Kafka
internal import Pipeline

/// Takes the records of a task's inputs in the order of time: the smallest timestamp first; among
/// equals labels before events, then by partition, then by offset.
///
/// An empty input that is behind holds up the others, because its next record may be older than
/// theirs; one that has reached the end of its partition does not. A backlog over many partitions
/// therefore comes out as one sorted file. An input found empty at its end is looked at again with
/// every `reconsider`.
struct Merge: ~Copyable {
    private(set) var inputs: [StreamInput]
    private let patience: Duration
    /// The input whose record is taken, and the key up to which it stays the smallest.
    private var current: Int?
    private var bound = Key.last

    struct Key: Comparable {
        var time: Int64
        var rank: Int

        static let last = Key(time: .max, rank: .max)

        static func < (a: Key, b: Key) -> Bool {
            a.time < b.time || (a.time == b.time && a.rank < b.rank)
        }
    }

    init(_ inputs: [StreamInput], patience: Duration) {
        self.inputs = inputs.sorted {
            ($0.stream == .labels ? 0 : 1, $0.partition.partition)
                < ($1.stream == .labels ? 0 : 1, $1.partition.partition)
        }
        self.patience = patience
    }

    /// Which input holds the next record; nil when one must be waited for, or all are caught up.
    mutating func next() -> Int? {
        if let current, inputs[current].prepare(patience: patience) == .ready,
            key(current) < bound
        {
            return current
        }
        return choose()
    }

    /// Finds the smallest record, and the second smallest as the bound. O(inputs).
    private mutating func choose() -> Int? {
        current = nil
        var smallest = Key.last
        var second = Key.last
        for index in inputs.indices {
            switch inputs[index].prepare(patience: patience) {
            case .behind:
                current = nil
                return nil
            case .caughtUp: continue
            case .ready: break
            }
            let key = key(index)
            if key < smallest {
                second = smallest
                smallest = key
                current = index
            } else if key < second {
                second = key
            }
        }
        bound = second
        return current
    }

    /// Lets inputs that were empty take part again, however full the current one is.
    mutating func reconsider() { current = nil }

    private func key(_ index: Int) -> Key {
        Key(time: inputs[index].timestampMillis, rank: index)
    }
}
