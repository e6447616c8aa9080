internal import Pipeline

/// Why state cannot be had back. Each case says what was found and what to do.
public enum RecoveryError: Error, Equatable, Sendable {
    /// The journal no longer holds the batches behind the state at hand.
    case journalCut(task: Int, found: UInt64, expected: UInt64)
    /// The journal's first records were deleted, and no snapshot reaches beyond them.
    case journalTooShort(task: Int, oldest: Int64, needed: Int64)
    /// A batch does not begin where the one before it ended.
    case journalBroken(task: Int, batch: UInt64, JournalInput, found: Int64, expected: Int64)
    /// A message of the journal that is none.
    case journalUnreadable(task: Int, offset: Int64, FormatProblem)
    /// Offsets were committed that the journal knows nothing of.
    case journalBehind(task: Int, JournalInput, journalled: Int64, committed: Int64)
    /// An input no longer holds records that the journal names.
    case recordsGone(task: Int, JournalInput, wanted: Range<Int64>, oldest: Int64)
    /// An input ends before records that state was made of.
    case recordsLost(task: Int, JournalInput, used: Int64, end: Int64)
    /// An input holds another number of records in a range than when it was first read.
    case recordsDiffer(task: Int, JournalInput, Range<Int64>, found: Int64, expected: Int64)

    /// The model that scored a batch cannot be had any more.
    case modelGone(task: Int, batch: UInt64, version: String, reason: String)

    /// The log no longer reaches back to its beginning, and no snapshot can take the place of what
    /// is gone.
    case snapshotMissing(MissingSnapshot)

    /// What a frame's reader found wrong, in words.
    public typealias FormatProblem = String
}

extension RecoveryError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .journalCut(let task, let found, let expected):
            "task \(task): the journal goes on with batch \(found); expected \(expected). "
                + Self.startAnew
        case .journalTooShort(let task, let oldest, let needed):
            "task \(task): the journal begins at offset \(oldest); needed from \(needed), because "
                + "no newer snapshot can be read. Restore an older snapshot's folder, or "
                + Self.startAnewLater
        case .journalBroken(let task, let batch, let input, let found, let expected):
            "task \(task): batch \(batch) begins at \(input)@\(found); expected @\(expected). "
                + Self.startAnew
        case .journalUnreadable(let task, let offset, let problem):
            "task \(task): journal offset \(offset): \(problem). " + Self.startAnew
        case .journalBehind(let task, let input, let journalled, let committed):
            "task \(task): the group committed \(input)@\(committed), but the journal ends at "
                + "@\(journalled): it was deleted or belongs to another project. " + Self.startAnew
        case .recordsGone(let task, let input, let wanted, let oldest):
            "task \(task): \(input) begins at offset \(oldest); records \(wanted) are needed to "
                + "rebuild state and are gone: retention is shorter than the time between "
                + "snapshots. " + Self.startAnew
        case .recordsLost(let task, let input, let used, let end):
            "task \(task): \(input) ends at offset \(end); records up to \(used) were used: the topic "
                + "was made anew, or its broker lost them. " + Self.startAnew
        case .modelGone(let task, let batch, let version, let reason):
            "task \(task): batch \(batch) was scored by model \(version.prefix(12)): \(reason). "
                + "Put the artifact back into the registry, or " + Self.startAnewLater
        case .recordsDiffer(let task, let input, let range, let found, let expected):
            "task \(task): \(input) holds \(found) records in \(range); expected \(expected): the "
                + "topic was compacted or made anew. " + Self.startAnew
        case .snapshotMissing(let missing): missing.description
        }
    }

    private static let startAnew = "B" + startAnewLater.dropFirst()
    private static let startAnewLater =
        "begin anew with `espalier reset PROJECT --to earliest`, which says what it discards."
}

extension JournalInput: CustomStringConvertible {
    public var description: String { "\(stream == .events ? "events" : "labels")[\(partition)]" }
}

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
