internal import Pipeline

/// Takes the records of a task's inputs in the order of time: the smallest timestamp first; among
/// equals labels before events, then by partition, then by offset.
///
/// An empty input that is behind holds up the others, because its next record may be older than
/// theirs; one that has reached the end of its partition does not. A backlog over many partitions
/// therefore comes out as one sorted file.
///
/// An input that was found empty takes no part in the batch any more, even if records arrive before
/// it ends. So the order within a batch follows from which records it took, and from nothing else:
/// merging the ranges that a journal names gives the same order again.
struct Merge<Source: RecordSource>: ~Copyable {
    private(set) var inputs: [Source]
    private let patience: Duration
    /// One past the last offset that this batch takes of each input; the largest number while live.
    private var ends: [Int64]
    private var isOut: [Bool]
    private var isReplay = false
    /// The input whose record is taken, and the key up to which it stays the smallest.
    private var current: Int?
    private var bound = MergeKey.last

    init(_ inputs: [Source], patience: Duration) {
        self.inputs = inputs.sorted { $0.input < $1.input }
        self.patience = patience
        ends = Array(repeating: .max, count: inputs.count)
        isOut = Array(repeating: false, count: inputs.count)
    }

    /// Begins a batch of whatever there is.
    mutating func begin() {
        isReplay = false
        current = nil
        for index in inputs.indices {
            ends[index] = .max
            isOut[index] = false
        }
    }

    /// Begins a batch of exactly these offsets of these inputs.
    mutating func begin(upTo ends: [JournalInput: Int64]) {
        isReplay = true
        current = nil
        for index in inputs.indices {
            self.ends[index] = ends[inputs[index].input] ?? .min
            isOut[index] = false
        }
    }

    /// What comes next in a batch.
    enum Next {
        case record(Int)
        /// One must be waited for.
        case wait
        /// There is none: all inputs are caught up, or have given their part of the batch.
        case none
    }

    mutating func next() -> Next {
        if let current, readiness(current) == .ready, key(current) < bound {
            return .record(current)
        }
        return choose()
    }

    /// Finds the smallest record, and the second smallest as the bound. O(inputs).
    private mutating func choose() -> Next {
        current = nil
        var smallest = MergeKey.last
        var second = MergeKey.last
        for index in inputs.indices {
            switch readiness(index) {
            case .behind:
                current = nil
                return .wait
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
        return current.map { .record($0) } ?? .none
    }

    private mutating func readiness(_ index: Int) -> Readiness {
        guard !isOut[index] else { return .caughtUp }
        let readiness =
            isReplay
            ? replayReadiness(inputs[index], end: ends[index])
            : inputs[index].prepare(patience: patience)
        isOut[index] = readiness == .caughtUp
        return readiness
    }

    /// An input has given its part when it stands at the part's end, or nothing is left before it.
    private func replayReadiness(_ source: Source, end: Int64) -> Readiness {
        if source.position >= end { return .caughtUp }
        if source.prepare(patience: nil) == .ready {
            return source.offset < end ? .ready : .caughtUp
        }
        return source.reached >= end ? .caughtUp : .behind
    }

    private func key(_ index: Int) -> MergeKey {
        MergeKey(time: inputs[index].timestampMillis, rank: index)
    }
}

/// A record's place in the order of time.
private struct MergeKey: Comparable {
    var time: Int64
    /// Of its input.
    var rank: Int

    static let last = MergeKey(time: .max, rank: .max)

    static func < (a: MergeKey, b: MergeKey) -> Bool {
        a.time < b.time || (a.time == b.time && a.rank < b.rank)
    }
}
