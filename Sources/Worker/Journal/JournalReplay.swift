public import Kafka
public import Pipeline

/// Steps a project's whole journal again and shows every message that its workers made, in the
/// order in which they made them. Reads, and changes nothing: no member of the group, no owner of a
/// task.
///
/// From the beginning of each task's newest history (its first record, or the last reset) to the
/// end that the journal has when it is read; where that beginning is gone, from a snapshot. Memory
/// is that of one task.
public struct JournalReplay: ~Copyable {
    let settings: WorkerSettings
    let pipelineSettings: PipelineSettings
    let consumer: Consumer

    /// Records stepped through between two looks at the caller.
    private static let turnRecords = 4_096
    private static let turnBytes = 8 << 20
    private static let lookWait = Duration.milliseconds(5)

    /// - Parameter settings: of the service; its group stays untouched.
    public init(
        _ settings: WorkerSettings, pipeline: PipelineSettings
    ) throws(WorkerError) {
        self.settings = settings
        pipelineSettings = pipeline
        consumer = try call { () throws(KafkaError) in
            try Consumer.connected(settings.consumer, within: settings.connectPatience)
        }
    }

    /// The partitions that the project reads, by task.
    public func tasks() throws(WorkerError) -> [Int: [TopicPartition]] {
        let partitions = try settings.dataPartitions(asking: consumer)
        return Dictionary(grouping: partitions, by: settings.tasks.number)
    }

    /// Steps one task's batches again.
    ///
    /// - Parameters:
    ///   - first: the first events whose messages are wanted; where the log's beginning is gone,
    ///     the newest snapshot whose state holds none of them takes its place.
    ///   - show: gets what each turn wrote, and how many records were stepped so far.
    /// - Returns: the first batch that was stepped where a snapshot was needed.
    /// - Throws: `recovery` when journal or topics no longer reach back to the beginning, nor to a
    ///   snapshot that could take its place.
    @discardableResult
    public mutating func run(
        _ number: Int, over partitions: [TopicPartition], from first: EventBound? = nil,
        show: (borrowing Outbox, _ records: Int) -> Void
    ) throws(WorkerError) -> UInt64? {
        let (replay, snapshot) = try begin(number, over: partitions, from: first)
        var outbox = Outbox()
        var records = 0
        while !replay.isAtEnd {
            let used = try replay.turn(
                upTo: Self.turnRecords, bytesMax: Self.turnBytes, into: &outbox)
            records += used
            show(outbox, records)
            outbox.removeAll()
            if used == 0 { try replay.wait(atMost: Self.lookWait) }
        }
        return snapshot
    }

    private func begin(
        _ number: Int, over partitions: [TopicPartition], from first: EventBound?
    ) throws(WorkerError) -> (replay: TaskReplay, snapshot: UInt64?) {
        do throws(WorkerError) {
            return (
                try TaskReplay(settings, pipelineSettings, task: number, over: partitions), nil
            )
        } catch {
            guard case .recovery(let cause) = error, let gone = cause.gone else { throw error }
            var search = SnapshotSearch(settings, pipelineSettings, task: number, over: partitions)
            if let found = try search.replay(from: first, asking: consumer) { return found }
            throw .recovery(
                .snapshotMissing(
                    MissingSnapshot(
                        task: number, input: gone.input, gone: gone.offsets,
                        earliest: search.earliest, unreadable: search.unreadable)))
        }
    }
}
