internal import Events
internal import Features
internal import Kafka
internal import Pipeline

/// A task that was given back: it goes on from where it stands, if it returns.
struct ParkedTask {
    let task: StreamTask<StreamInput>
    /// Where reading its journal must begin to find what others did meanwhile.
    let journalOffset: Int64
}

/// Taking tasks over: each is brought to the state that its journal tells.
extension StreamWorker {
    mutating func take(_ offered: [TopicPartition]) throws(WorkerError) {
        var wanted = offered
        if case .single = settings.tasks, !offered.isEmpty {
            wanted += try settings.dataPartitions(asking: consumer)
        }
        let committed = try committedOffsets(of: wanted)
        let data = wanted.filter { settings.dataTopics.contains($0.topic) }
        let byTask = Dictionary(grouping: data, by: settings.tasks.number)
        var starts = wanted.filter { !settings.dataTopics.contains($0.topic) }
            .map { PartitionStart($0, from: .end) }
        var bases: [Int: RecoveryStart] = [:]
        for (number, partitions) in byTask.sorted(by: { $0.key < $1.key }) {
            let base = try readJournal(of: number)
            showLife()
            bases[number] = base
            for partition in partitions {
                try settings.checkThatRecordsAreThere(
                    partition, task: number, base.positions, asking: consumer)
                let place = start(of: partition, base, committed: committed[partition])
                starts.append(PartitionStart(partition, from: place))
            }
        }
        try call { () throws(KafkaError) in try consumer.assign(starts) }
        for (number, partitions) in byTask {
            guard let base = bases[number] else { continue }
            tasks[number] = try task(number, base, partitions, committed)
        }
        parked.removeAll()
        hasJoined = true
    }

    /// Gives back a task that stands where its journal ends.
    mutating func park(_ number: Int) {
        guard let task = tasks[number], !task.isReplaying else { return }
        parked[number] = ParkedTask(
            task: task, journalOffset: books.offset(ofTask: number))
    }

    /// What recovery of a task begins with: a state, or none, and where its inputs stand.
    struct RecoveryStart {
        var task: StreamTask<StreamInput>?
        var positions: [JournalInput: Int64] = [:]
        /// Where its journal is read from; nil for the beginning.
        var journalOffset: Int64?
        var hasBatches = false
        /// Inputs that models weigh which scored batches of the journal.
        var weighed: Set<String> = []
    }

    /// Takes the task over in its journal, chooses what to begin with, and opens the journal there.
    private mutating func readJournal(of number: Int) throws(WorkerError) -> RecoveryStart {
        let owner = try takeOver(number)
        var base = RecoveryStart()
        if let parked = parked[number] {
            base = RecoveryStart(
                task: parked.task, positions: parked.task.chain.positions,
                journalOffset: parked.journalOffset)
        } else if let restored = try restore(number) {
            base = restored
        }
        var survey = try survey(number, from: base, until: owner)
        var weighed = try settings.inputs(
            weighedBy: survey.models, task: number, pipelineSettings)
        if let task = base.task, !task.pipeline.computes(weighed.union(asked)) {
            base = RecoveryStart()
            survey = try self.survey(number, from: base, until: owner)
            weighed = try settings.inputs(
                weighedBy: survey.models, task: number, pipelineSettings)
        }
        if let origin = survey.origin {
            base = RecoveryStart(positions: origin.positions, journalOffset: origin.offset)
        } else if base.task == nil {
            base.positions = survey.starts
        }
        // While it ran, going back to the last model needed no backfill; it does from now on.
        let needed = pipelineSettings.computing(also: asked.union(weighed))
        _ = base.task?.pipeline.narrow(to: needed)
        base.hasBatches = survey.hasBatches
        base.weighed = weighed
        tails[number] = try JournalTail(
            settings, task: number, from: base.journalOffset, until: owner)
        return base
    }

    private func survey(
        _ number: Int, from base: RecoveryStart, until owner: UInt64?
    ) throws(WorkerError) -> JournalSurvey {
        try JournalTail(settings, task: number, from: base.journalOffset, until: owner)
            .survey(
                since: base.task?.chain.next ?? 0, owner: base.task?.chain.owner,
                within: settings.connectPatience)
    }

    /// The inputs that the model weighs which scores now, and those that someone reads.
    private var asked: Set<String> {
        let weighed = settings.models.map { pipelineSettings.plan.inputs(weighedBy: $0.model) }
        return pipelineSettings.asked.union(weighed ?? [])
    }

    /// Tells the journal that this worker holds the task now; in a transaction, with the first
    /// batch of its own.
    ///
    /// - Returns: the takeover that ends the journal's reading; nil where its end does.
    private mutating func takeOver(_ number: Int) throws(WorkerError) -> UInt64? {
        let owner = books.open(task: number, isTakeoverWritten: !isTransactional)
        guard !isTransactional else { return nil }
        try journals?.write(
            .takeover(owner: owner), task: number, &books, within: settings.connectPatience)
        return owner
    }

    /// The newest snapshot that can be read; those that cannot are counted. Another machine may
    /// have gone further than the folder, or have whole what is damaged in it.
    private mutating func restore(_ number: Int) throws(WorkerError) -> RecoveryStart? {
        guard let folder = settings.snapshotFolder else { return nil }
        publishStatus(.restoring)
        _ = fetchSnapshot(of: number, into: folder, besides: folder.newest(task: number))
        var reader = SnapshotReader(task: number, pipelineSettings)
        for next in folder.snapshots(of: number) {
            if let restored = read(next, folder, &reader) { return base(restored) }
        }
        // What is damaged was replaced.
        reader = SnapshotReader(task: number, pipelineSettings)
        guard let next = fetchSnapshot(of: number, into: folder, besides: nil),
            let restored = read(next, folder, &reader)
        else { return nil }
        return base(restored)
    }

    private mutating func read(
        _ next: UInt64, _ folder: SnapshotFolder, _ reader: inout SnapshotReader
    ) -> RestoredTask? {
        do throws(SnapshotError) {
            return try reader.read(next, in: folder, asked: asked)
        } catch {
            errors["SNAPSHOT_UNREADABLE", default: 0] += 1
            control.publish(unreadable: error)
            return nil
        }
    }

    /// What cannot be had leaves the folder as it is.
    ///
    /// - Returns: the first batch that the snapshot which was fetched does not hold.
    private mutating func fetchSnapshot(
        of number: Int, into folder: SnapshotFolder, besides known: UInt64?
    ) -> UInt64? {
        guard let topic = settings.snapshotTopic else { return nil }
        do throws(SnapshotError) {
            return try topic.fetch(task: number, into: folder, besides: known)
        } catch {
            errors["SNAPSHOT_NOT_FETCHED", default: 0] += 1
            control.publish(unreadable: error)
            return nil
        }
    }

    private func base(_ restored: consuming RestoredTask) -> RecoveryStart {
        let head = restored.head
        return RecoveryStart(
            task: restored.task(settings), positions: head.positions,
            journalOffset: head.journalOffset)
    }

    /// Behind the last record that the state at hand has seen; for a state that has seen none, at
    /// the beginning if there is something to be stepped again, else where the group stands.
    private func start(
        of partition: TopicPartition, _ base: RecoveryStart, committed: Int64?
    ) -> PartitionStart.Place {
        if let position = base.positions[settings.input(of: partition)] { return .offset(position) }
        return committed == nil && !base.hasBatches ? firstPlace : .beginning
    }

    private mutating func task(
        _ number: Int, _ base: RecoveryStart, _ partitions: [TopicPartition],
        _ committed: [TopicPartition: Int64]
    ) throws(WorkerError) -> StreamTask<StreamInput> {
        var inputs: [StreamInput] = []
        for partition in partitions {
            let input = settings.input(of: partition)
            let queue = try call { () throws(KafkaError) in try consumer.queue(of: partition) }
            inputs.append(
                StreamInput(
                    queue, stream: input.stream, committed: committed[partition] ?? 0,
                    position: base.positions[input] ?? 0,
                    batchRecordsMax: settings.batchRecordsMax))
        }
        if let task = base.task {
            task.resume(inputs, mergePatience: settings.mergePatience, isReplayOpen: true)
            return task
        }
        return StreamTask(
            number, try pipelineSettings.computing(also: asked.union(base.weighed)).freshPipeline(),
            JournalChain(task: number), inputs,
            mergePatience: settings.mergePatience, isReplayOpen: true,
            models: settings.models?.load, partition: settings.partition(ofTask: number))
    }

    // MARK: The journal, while it is read

    /// Reads on in the journals, as far as their tasks can take it.
    mutating func followJournals() throws(WorkerError) {
        for number in tails.keys.sorted() {
            guard let tail = tails[number], let task = tasks[number] else { continue }
            while task.wantsJournal, let entry = try tail.next() {
                try follow(entry, task)
            }
            if tail.isAtEnd, try !waitsForMore(tail, task) { try end(tail, of: task) }
        }
    }

    private mutating func follow(
        _ entry: JournalTail.Entry, _ task: StreamTask<StreamInput>
    ) throws(WorkerError) {
        do throws(RecoveryError) {
            try task.follow(entry.record, writtenMillis: entry.writtenMillis)
        } catch {
            throw .recovery(error)
        }
        books.noteRead(
            task: task.number, next: task.chain.next, offset: entry.end - 1)
    }

    /// A transaction's marks reach its partitions one after another: offsets may be there before
    /// the journal's record is.
    private func waitsForMore(
        _ tail: JournalTail, _ task: StreamTask<StreamInput>
    ) throws(WorkerError) -> Bool {
        guard isTransactional, task.chain.next > 0, tail.age < settings.connectPatience else {
            return false
        }
        let isBehind = task.inputs.contains {
            $0.committed > task.chain.positions[$0.input] ?? 0
        }
        if isBehind { tail.lookAgain() }
        return isBehind
    }

    /// The journal is read; what was committed must not go beyond it.
    private mutating func end(
        _ tail: JournalTail, of task: StreamTask<StreamInput>
    ) throws(WorkerError) {
        tails[task.number] = nil
        task.isReplayOpen = false
        deliveries.noteDelivered(task: task.number, next: task.next)
        if task.chain.next == 0 {
            let ends = Dictionary(
                task.inputs.filter { $0.committed > 0 }.map { ($0.input, $0.committed) },
                uniquingKeysWith: max)
            if !ends.isEmpty { task.replayUnjournalled(upTo: ends) }
            return
        }
        for input in task.inputs {
            let journalled = task.chain.positions[input.input] ?? 0
            guard input.committed <= journalled else {
                throw .recovery(
                    .journalBehind(
                        task: task.number, input.input, journalled: journalled,
                        committed: input.committed))
            }
        }
    }

    // MARK: Asking the broker

    private func committedOffsets(
        of partitions: [TopicPartition]
    ) throws(WorkerError) -> [TopicPartition: Int64] {
        let committed = try call { () throws(KafkaError) in
            try consumer.committed(partitions, within: settings.connectPatience)
        }
        return Dictionary(
            committed.map { ($0.partition, $0.offset) }, uniquingKeysWith: { first, _ in first })
    }
}

/// Brings an error of recovery among the worker's.
func call<Value: ~Copyable>(
    _ body: () throws(RecoveryError) -> Value
) throws(WorkerError) -> Value {
    do throws(RecoveryError) { return try body() } catch { throw .recovery(error) }
}

/// Brings a broker's error among the worker's.
func call<Value: ~Copyable>(
    _ body: () throws(KafkaError) -> Value
) throws(WorkerError) -> Value {
    do throws(KafkaError) { return try body() } catch { throw .kafka(error) }
}
