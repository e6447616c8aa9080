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
            "task \(task): \(input) ends at offset \(end); records up to \(used) were used: the "
                + "topic was made anew, or its broker lost them. " + Self.startAnew
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
