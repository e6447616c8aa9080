internal import Events
internal import Features
internal import Kafka
internal import Model
internal import Pipeline

/// One task's batches, stepped again from the beginning of its newest history (its first record, or
/// the last reset) or from a snapshot, by someone who does not own it. Reads with a consumer of its
/// own and changes nothing.
final class TaskReplay {
    private let settings: WorkerSettings
    private var consumer: Consumer
    private let tail: JournalTail
    let task: StreamTask<StreamInput>
    private var lastFound = ContinuousClock.now
    /// What the broker last complained of.
    private var lastError: KafkaError?

    /// From the beginning.
    ///
    /// - Parameter pipelineSettings: of the project; inputs that models of the journal weigh are
    ///   computed besides those that are anyway.
    convenience init(
        _ settings: WorkerSettings, _ pipelineSettings: PipelineSettings, task number: Int,
        over partitions: [TopicPartition]
    ) throws(WorkerError) {
        let survey = try JournalTail(settings, task: number, from: nil, until: nil)
            .survey(within: settings.connectPatience)
        try self.init(settings, pipelineSettings, task: number, behind: survey, over: partitions)
    }

    /// From the beginning, the journal having been looked through.
    convenience init(
        _ settings: WorkerSettings, _ pipelineSettings: PipelineSettings, task number: Int,
        behind survey: JournalSurvey, over partitions: [TopicPartition]
    ) throws(WorkerError) {
        let wanted = try settings.inputs(weighedBy: survey.models, task: number, pipelineSettings)
        let pipeline = try pipelineSettings.computing(also: wanted).freshPipeline()
        let task = StreamTask<StreamInput>(
            number, pipeline, JournalChain(task: number), [],
            mergePatience: settings.mergePatience, isReplayOpen: true,
            models: settings.models?.load, partition: settings.partition(ofTask: number))
        try self.init(
            settings, task, at: survey.starts,
            journalOffset: survey.origin?.offset ?? 0, over: partitions)
    }

    /// - Parameters:
    ///   - task: its state and history so far.
    ///   - positions: where its inputs stand; one that is missing was not read before the batches
    ///     that follow, if at all.
    ///   - journalOffset: where its journal is read on.
    init(
        _ settings: WorkerSettings, _ task: StreamTask<StreamInput>,
        at positions: [JournalInput: Int64], journalOffset: Int64,
        over partitions: [TopicPartition]
    ) throws(WorkerError) {
        self.settings = settings
        self.task = task
        tail = try JournalTail(settings, task: task.number, from: journalOffset, until: nil)
        var consumer = try call { () throws(KafkaError) in
            try Consumer.connected(settings.consumer, within: settings.connectPatience)
        }
        for partition in partitions {
            try settings.checkThatRecordsAreThere(
                partition, task: task.number, positions, asking: consumer)
        }
        let starts = partitions.map { partition in
            let position = positions[settings.input(of: partition)]
            return PartitionStart(partition, from: position.map { .offset($0) } ?? .beginning)
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
        task.resume(inputs, mergePatience: settings.mergePatience, isReplayOpen: true)
        self.consumer = consumer
    }

    /// Whether every batch was stepped that the journal held when it was last looked at.
    var isAtEnd: Bool { tail.isAtEnd && !hasBatches }

    private var hasBatches: Bool { task.next < task.chain.next }

    /// The journal may have gone on.
    func lookAgain() { tail.lookAgain() }

    /// Steps batches that the journal knows.
    ///
    /// - Returns: the records used; 0 at the end, and while none have come yet.
    func turn(
        upTo recordsMax: Int, bytesMax: Int, into outbox: inout Outbox
    ) throws(WorkerError) -> Int {
        while task.wantsJournal, let entry = try tail.next() {
            try call { () throws(RecoveryError) in
                try task.follow(entry.record, writtenMillis: entry.writtenMillis)
            }
        }
        guard hasBatches else {
            lastFound = .now
            return 0
        }
        let turn: StreamTask<StreamInput>.Turn
        do throws(RecoveryError) {
            turn = try task.run(upTo: recordsMax, bytesMax: bytesMax, into: &outbox) { _ in }
        } catch { throw .recovery(error) }
        if turn.used > 0 { lastFound = .now }
        try endure()
        return turn.used
    }

    /// Waits until something may have come.
    func wait(atMost timeout: Duration) throws(WorkerError) {
        try endure()
        _ = consumer.wait(atMost: timeout)
    }

    private func endure() throws(WorkerError) {
        while let event = consumer.poll() {
            guard case .error(let error) = event else { continue }
            if error.isFatal { throw .kafka(error) }
            lastError = error
        }
        for input in task.inputs { lastError = input.takeError() ?? lastError }
        guard .now - lastFound < settings.connectPatience else {
            throw .journalSilent(task: task.number, last: lastError)
        }
    }
}

// What those ask who have a state to rebuild.
extension WorkerSettings {
    /// Every partition of events and labels.
    func dataPartitions(asking consumer: borrowing Consumer) throws(WorkerError) -> [TopicPartition]
    {
        var partitions: [TopicPartition] = []
        for topic in dataTopics {
            let count: Int
            do throws(KafkaError) {
                count = try consumer.partitionCount(of: topic, within: connectPatience)
            } catch { throw .kafka(error) }
            partitions += (0..<count).map { TopicPartition(topic, $0) }
        }
        return partitions
    }

    /// What was deleted before it was read would be a silent gap; an input that was never read has
    /// none.
    func checkThatRecordsAreThere(
        _ partition: TopicPartition, task: Int, _ positions: [JournalInput: Int64],
        asking consumer: borrowing Consumer
    ) throws(WorkerError) {
        let input = input(of: partition)
        guard let position = positions[input] else { return }
        let held: Range<Int64>
        do throws(KafkaError) {
            held = try consumer.watermarks(of: partition, within: connectPatience)
        } catch { throw .kafka(error) }
        guard held.lowerBound <= position else {
            throw .recovery(
                .recordsGone(
                    task: task, input, wanted: position..<held.lowerBound,
                    oldest: held.lowerBound))
        }
        guard position <= held.upperBound else {
            throw .recovery(
                .recordsLost(task: task, input, used: position, end: held.upperBound))
        }
    }

    /// The inputs that models which served before give a weight, where only those are computed that
    /// someone asks for.
    func inputs(
        weighedBy versions: Set<String>, task: Int, _ pipeline: PipelineSettings
    ) throws(WorkerError) -> Set<String> {
        guard pipeline.demand != nil, let models else { return [] }
        var weighed: Set<String> = []
        for version in versions.sorted() {
            do throws(ModelGone) {
                weighed.formUnion(pipeline.plan.inputs(weighedBy: try models.load(version)))
            } catch {
                throw .recovery(
                    .modelGone(task: task, batch: 0, version: version, reason: error.reason))
            }
        }
        return weighed
    }
}

extension PipelineSettings {
    func freshPipeline() throws(WorkerError) -> EventPipeline {
        do throws(SchemaError) { return try EventPipeline(self) } catch { throw .schema(error) }
    }
}
