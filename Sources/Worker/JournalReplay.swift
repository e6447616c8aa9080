internal import Events
public import Kafka
public import Pipeline

/// Steps a project's whole journal again and shows every message that its workers made, in the
/// order in which they made them. Reads, and changes nothing: no member of the group, no owner of a
/// task.
///
/// From the beginning of each task's newest history (its first record, or the last reset) to the
/// end that the journal has when it is read; memory is that of one task.
public struct JournalReplay: ~Copyable {
    private let settings: WorkerSettings
    private let pipelineSettings: PipelineSettings
    private var consumer: Consumer

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
            var consumer = try Consumer(settings.consumer)
            try consumer.connect(within: settings.connectPatience)
            return consumer
        }
    }

    /// The partitions that the project reads, by task.
    public func tasks() throws(WorkerError) -> [Int: [TopicPartition]] {
        var partitions: [TopicPartition] = []
        for topic in settings.dataTopics {
            let count = try call { () throws(KafkaError) in
                try consumer.partitionCount(of: topic, within: settings.connectPatience)
            }
            partitions += (0..<count).map { TopicPartition(topic, $0) }
        }
        return Dictionary(grouping: partitions, by: settings.tasks.number)
    }

    /// How far a task has come.
    public struct Progress: Sendable {
        public var records: Int
        public var remaining: Int64
    }

    /// Steps one task's batches again.
    ///
    /// - Parameter show: gets what each turn wrote.
    /// - Throws: `recovery` when journal or topics no longer reach back to the beginning.
    public mutating func run(
        _ number: Int, over partitions: [TopicPartition],
        show: (borrowing Outbox, Progress) -> Void
    ) throws(WorkerError) {
        let survey = try JournalTail(settings, task: number, from: nil, until: nil)
            .survey(within: settings.connectPatience)
        let positions = survey.origin?.positions ?? [:]
        let tail = try JournalTail(
            settings, task: number, from: survey.origin?.offset ?? 0, until: nil)
        let task = try open(number, partitions, positions)
        var outbox = Outbox()
        var progress = Progress(records: 0, remaining: 0)
        var lastFound = ContinuousClock.now
        while !tail.isAtEnd || task.isReplaying {
            while task.wantsJournal, let entry = try tail.next() {
                try call { () throws(RecoveryError) in try task.follow(entry.record) }
            }
            if tail.isAtEnd { task.isReplayOpen = false }
            let turn = try step(task, into: &outbox)
            progress.records += turn.used
            progress.remaining = task.replayRemaining
            show(outbox, progress)
            outbox.removeAll()
            if turn.used > 0 {
                lastFound = .now
            } else if !tail.isAtEnd || task.isReplaying {
                try waitForRecords(of: number, since: lastFound)
            }
        }
    }

    /// A turn of batches that the journal knows; without any, nothing is taken.
    private func step(
        _ task: StreamTask<StreamInput>, into outbox: inout Outbox
    ) throws(WorkerError) -> StreamTask<StreamInput>.Turn {
        guard task.isReplaying else { return .init() }
        do throws(RecoveryError) {
            return try task.run(
                upTo: Self.turnRecords, bytesMax: Self.turnBytes, into: &outbox
            ) { _ in }
        } catch { throw .recovery(error) }
    }

    private mutating func waitForRecords(
        of number: Int, since lastFound: ContinuousClock.Instant
    ) throws(WorkerError) {
        while let event = consumer.poll() {
            if case .error(let error) = event, error.isFatal { throw .kafka(error) }
        }
        guard .now - lastFound < settings.connectPatience else {
            throw .journalSilent(task: number)
        }
        _ = consumer.wait(atMost: Self.lookWait)
    }

    private mutating func open(
        _ number: Int, _ partitions: [TopicPartition], _ positions: [JournalInput: Int64]
    ) throws(WorkerError) -> StreamTask<StreamInput> {
        for partition in partitions { try checkThatRecordsAreThere(partition, number, positions) }
        let starts = partitions.map {
            PartitionStart($0, from: .offset(positions[settings.input(of: $0)] ?? 0))
        }
        try call { () throws(KafkaError) in try consumer.assign(starts) }
        var inputs: [StreamInput] = []
        for partition in partitions {
            let input = settings.input(of: partition)
            let queue = try call { () throws(KafkaError) in try consumer.queue(of: partition) }
            // As if nothing had ever been committed, so that no output is left out.
            inputs.append(
                StreamInput(
                    queue, stream: input.stream, committed: 0, position: positions[input] ?? 0,
                    batchRecordsMax: settings.batchRecordsMax))
        }
        let pipeline: EventPipeline
        do throws(SchemaError) { pipeline = try EventPipeline(pipelineSettings) } catch {
            throw .schema(error)
        }
        return StreamTask(
            number, pipeline, JournalChain(task: number), inputs,
            mergePatience: settings.mergePatience, isReplayOpen: true,
            models: settings.models?.load)
    }

    private func checkThatRecordsAreThere(
        _ partition: TopicPartition, _ number: Int, _ positions: [JournalInput: Int64]
    ) throws(WorkerError) {
        let held = try call { () throws(KafkaError) in
            try consumer.watermarks(of: partition, within: settings.connectPatience)
        }
        let input = settings.input(of: partition)
        let position = positions[input] ?? 0
        guard held.lowerBound <= position else {
            throw .recovery(
                .recordsGone(
                    task: number, input, wanted: position..<held.lowerBound,
                    oldest: held.lowerBound))
        }
    }
}
