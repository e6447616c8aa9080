internal import Pipeline

/// The one history that a journal tells: which of its records count, in which order.
///
/// A record counts if its writer held the task when it was written, which the last takeover before
/// it decides; its batches count from the first that is not known yet.
public struct JournalChain: Equatable, Sendable {
    let task: Int
    public private(set) var owner: UInt64?
    /// The number of the next batch.
    public private(set) var next: UInt64
    /// Where each input stands behind the last batch; those without have not been read.
    public private(set) var positions: [JournalInput: Int64]
    /// Records of writers that had lost the task.
    public private(set) var voidRecords = 0

    /// - Parameters:
    ///   - owner: who held the task where reading begins; nil at the journal's beginning.
    public init(
        task: Int, owner: UInt64? = nil, next: UInt64 = 0, positions: [JournalInput: Int64] = [:]
    ) {
        self.task = task
        self.owner = owner
        self.next = next
        self.positions = positions
    }

    /// What a record adds to the history.
    public enum Step: Equatable, Sendable {
        case nothing
        case batches([JournalBatch])
        /// Everything before is discarded.
        case restart
    }

    /// Takes the journal's next record.
    public mutating func take(_ record: JournalRecord) throws(RecoveryError) -> Step {
        switch record {
        case .takeover(let owner):
            self.owner = owner
            return .nothing
        case .origin(let number, let positions):
            guard number >= next else { return .nothing }
            next = number
            owner = nil
            self.positions = positions
            return .restart
        case .batches(let owner, let batches):
            guard owner == self.owner else {
                voidRecords += 1
                return .nothing
            }
            return try take(batches)
        }
    }

    private mutating func take(_ batches: [JournalBatch]) throws(RecoveryError) -> Step {
        var added: [JournalBatch] = []
        for batch in batches where batch.number >= next {
            guard batch.number == next else {
                throw .journalCut(task: task, found: batch.number, expected: next)
            }
            for range in batch.ranges {
                let expected = positions[range.input] ?? range.start
                guard range.start == expected else {
                    throw .journalBroken(
                        task: task, batch: batch.number, range.input, found: range.start,
                        expected: expected)
                }
                positions[range.input] = range.end
            }
            next += 1
            added.append(batch)
        }
        return added.isEmpty ? .nothing : .batches(added)
    }

    /// Notes a batch that this worker makes itself; it continues the chain.
    mutating func append(_ batch: JournalBatch) {
        precondition(batch.number == next, "batch \(batch.number) after \(next)")
        next += 1
        for range in batch.ranges { positions[range.input] = range.end }
    }
}
