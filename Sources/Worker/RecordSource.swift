internal import Pipeline

/// One partition that a task reads, record by record, and how far it is used.
protocol RecordSource: AnyObject {
    var input: JournalInput { get }
    /// The offset after the last record taken.
    var position: Int64 { get }
    /// Outputs of records before this offset were committed by an earlier run.
    var committed: Int64 { get }
    /// Whether there is a record to take.
    ///
    /// - Parameter patience: how long one that is behind may be without a record before it counts
    ///   as caught up; nil for ever.
    func prepare(patience: Duration?) -> Readiness
    /// All offsets below this have been seen: of records, or as the partition's end.
    var reached: Int64 { get }
    /// The next record's, once `prepare` gave `ready`.
    var offset: Int64 { get }
    var timestampMillis: Int64 { get }
    /// Takes the next record: its place, where it stays until all that are here are taken and
    /// another is asked for.
    func take() -> Int
    /// Whether the next look for a record gives those taken back.
    var isDrained: Bool { get }
    /// The offset of a taken record.
    func offset(_ place: Int) -> Int64
    func lookAhead(_ pipeline: inout EventPipeline, to place: Int)
    func step(_ pipeline: inout EventPipeline, with place: Int, into outbox: inout Outbox)
}

/// Whether an input has a record to use.
enum Readiness {
    case ready
    /// Everything that the partition holds has been taken.
    case caughtUp
    /// There is more, which has not arrived.
    case behind
}
