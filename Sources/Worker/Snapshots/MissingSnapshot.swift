/// A snapshot that would be needed to derive a task's events again, because the log before them is
/// gone.
public struct MissingSnapshot: Equatable, Sendable {
    public let task: Int
    /// What no longer holds its first records: an input, or nil for the journal.
    public let input: JournalInput?
    /// The offsets that are needed and gone.
    public let gone: Range<Int64>
    /// The earliest bounds for which there is a snapshot; nil where there is none that leads to
    /// what the log still holds.
    public let earliest: Bounds?
    /// Why snapshots could not be read.
    public let unreadable: [SnapshotError]

    /// Events from either of them on can be derived again.
    public struct Bounds: Equatable, Sendable {
        public let offset: Int64
        /// Milliseconds since the Unix epoch.
        public let timeMillis: Int64
    }
}

extension MissingSnapshot: CustomStringConvertible {
    public var description: String {
        let name = input.map { "\($0)" } ?? "the journal"
        let damage = unreadable.first.map { "; \(unreadable.count) cannot be read: \($0)" } ?? ""
        return "task \(task): \(name) begins at offset \(gone.upperBound): \(gone) are needed to "
            + "rebuild state from the beginning and are gone, and no snapshot can take their "
            + "place\(damage)."
    }
}

extension RecoveryError {
    /// What retention has taken away that was needed; nil for other causes.
    var gone: (input: JournalInput?, offsets: Range<Int64>)? {
        switch self {
        case .recordsGone(_, let input, let wanted, _): (input, wanted)
        case .journalTooShort(_, let oldest, let needed): (nil, needed..<oldest)
        default: nil
        }
    }
}
