internal import Bytes
internal import Events
public import Kafka
public import Pipeline

/// One thread's loop: consume, merge, step, deliver, commit. It owns one consumer, one producer and
/// the tasks assigned to it, and shares none of them.
///
/// At-least-once: a batch's outputs are sent when the journal has it, and offsets are committed
/// when every output of the records before them was acknowledged. State is the fold of the log: a
/// task that is taken over steps the batches of its journal again, in the same order, with outputs
/// suppressed that were committed before.
public struct StreamWorker: ~Copyable {
    let settings: WorkerSettings
    /// Where a partition begins that the group has read nothing of.
    let firstPlace: PartitionStart.Place
    let pipelineSettings: PipelineSettings
    let aside: AsideComparison
    let control: WorkerControl
    var consumer: Consumer
    var deliveries: Deliveries
    /// Nil when the journal goes into the transactions of the outputs.
    var journals: JournalWriter?
    var books: JournalBooks
    var transaction = OpenTransaction()
    /// By task number (`WorkerSettings.Tasks.number`).
    var tasks: [Int: StreamTask<StreamInput>] = [:]
    /// Tasks whose partitions were taken back: their state is good up to where it stands.
    var parked: [Int: ParkedTask] = [:]
    /// Journals that are being read again.
    var tails: [Int: JournalTail] = [:]
    /// By task, states in the making for a model that needs more of them.
    var backfills: [Int: Backfill] = [:]
    /// Versions whose features could not be had.
    var refused: Set<String> = []
    /// When a backfill that failed may be begun anew.
    var nextBackfill = ContinuousClock.now
    var held = HeldQueue()
    let snapshotWriter: SnapshotWriter?
    var snapshot: SnapshotUnderWay?
    /// Of the piece of a snapshot that is on its way to the writer.
    var snapshotFrames = ByteWriter()
    var lastSnapshot = ContinuousClock.now
    /// What the group said while tasks were restored.
    var heldEvents: [ConsumerEvent] = []
    /// The task that had the last turn.
    private var lastTurn = -1
    var isCommitting = false
    /// Whether the group has said what is ours.
    var hasJoined = false
    var gauge = WorkerGauge()
    var costs = CostSampling()
    var lastCommit = ContinuousClock.now
    var lastStatus = ContinuousClock.now
    var status = WorkerStatus()
    /// Errors of the consumer that passed by themselves.
    var errors: [String: Int] = [:]

    /// The longest sleep when there is nothing to do.
    private static let idleWait = Duration.milliseconds(50)
    /// The same while a journal is read or a snapshot is written, which do not wake the worker.
    private static let shortWait = Duration.milliseconds(2)

    public init(
        _ settings: WorkerSettings, pipeline: PipelineSettings, control: WorkerControl,
        owner: UInt64 = .random(in: 1 ... .max), log: @escaping LogSink = { _ in }
    ) throws(KafkaError) {
        var properties = settings.consumer
        firstPlace = PartitionStart.Place(resetPolicy: properties.value(of: "auto.offset.reset"))
        // What is deleted before it was read would else be passed over without a word.
        properties.set("auto.offset.reset", "error")
        // Events and labels of one partition must go to one member, and a single task comes and
        // goes as a whole.
        try properties.reserve("partition.assignment.strategy", "range")
        let consumer = try Consumer(properties, log: log)
        let deliveries = try Deliveries(settings, waking: consumer.waker, log: log)
        let journals =
            settings.guarantee == .atLeastOnce
            ? try JournalWriter(settings, waking: consumer.waker, log: log) : nil
        let waker = consumer.waker
        aside = settings.aside ?? .queued { waker.wake() }
        self.consumer = consumer
        self.deliveries = deliveries
        self.journals = journals
        books = JournalBooks(firstOwner: owner)
        snapshotWriter = settings.snapshotFolder.map {
            SnapshotWriter(
                $0, topic: settings.snapshotTopic, heldBytesMax: settings.snapshotBytesMax)
        }
        self.settings = settings
        self.control = control
        pipelineSettings = pipeline
    }

    /// As the initialiser, with its errors among those of `run`.
    public static func make(
        _ settings: WorkerSettings, pipeline: PipelineSettings, control: WorkerControl,
        log: @escaping LogSink = { _ in }
    ) throws(WorkerError) -> StreamWorker {
        try call { () throws(KafkaError) in
            try StreamWorker(settings, pipeline: pipeline, control: control, log: log)
        }
    }

    /// Works until `control.stop()`, then delivers and commits what is under way.
    public mutating func run() throws(WorkerError) {
        control.connect(consumer.waker)
        defer {
            control.disconnect()
            snapshotWriter?.finish()
            publishStatus(.stopped)
        }
        do throws(KafkaError) {
            try consumer.connect(within: settings.connectPatience)
        } catch {
            throw .kafka(error)
        }
        try checkPartitions()
        try deliveries.initTransactions(within: settings.connectPatience)
        do throws(KafkaError) { try consumer.subscribe(to: subscription) } catch {
            throw .kafka(error)
        }
        while !control.isStopping {
            try answerGroup()
            try followJournals()
            takeModel()
            let used = try runTasks()
            try deliverJournalled()
            try deliveries.takeSettled()
            try commitIfDue()
            continueSnapshots()
            let backfilled = continueBackfills(after: used)
            answerLookups()
            publishStatusIfDue()
            if used == 0, backfilled == 0, !hasSnapshotPiece, !control.hasQuestions {
                _ = consumer.wait(atMost: idleWait)
            }
        }
        publishStatus(.draining)
        if try settleBeforeLeaving() { writeLastSnapshots() }
        releaseModel()
        publishReport()
    }

    /// Until something comes, or something is due.
    private var idleWait: Duration {
        let untilStatus = settings.statusInterval - (ContinuousClock.now - lastStatus)
        let isShort = !tails.isEmpty || !backfills.isEmpty || snapshot != nil
        return max(.zero, min(isShort ? Self.shortWait : Self.idleWait, untilStatus))
    }

    /// A label and its event must meet in one task.
    private func checkPartitions() throws(WorkerError) {
        guard settings.tasks == .perPartition, let labelsTopic = settings.labelsTopic else {
            return
        }
        let events: Int
        let labels: Int
        do throws(KafkaError) {
            let patience = settings.connectPatience
            events = try consumer.partitionCount(of: settings.eventsTopic, within: patience)
            labels = try consumer.partitionCount(of: labelsTopic, within: patience)
        } catch {
            throw .kafka(error)
        }
        guard events == labels else { throw .partitionsDiffer(events: events, labels: labels) }
    }

    private var subscription: [String] {
        switch settings.tasks {
        case .perPartition: settings.dataTopics
        case .single(let controlTopic): [controlTopic]
        }
    }

    /// One turn for every task.
    private mutating func runTasks() throws(WorkerError) -> Int {
        var used = 0
        for number in turns {
            guard
                unacknowledged <= settings.outstandingMax,
                held.byteCount + transaction.byteCount <= settings.heldBytesMax
            else { break }
            guard let task = tasks[number] else { continue }
            if task.pipeline.comparisonIsDone { try tellCompared(task) }
            guard backfills[number]?.isHolding != true else { continue }
            lastTurn = number
            try endureErrors(of: task)
            used += try run(task)
            answerLookups()
        }
        status.records += UInt64(used)
        return used
    }

    private mutating func run(_ task: StreamTask<StreamInput>) throws(WorkerError) -> Int {
        let outputs = held.take()
        let turn: StreamTask<StreamInput>.Turn
        var count = 0
        costs.begin(task)
        do throws(RecoveryError) {
            turn = try task.run(
                upTo: settings.batchRecordsMax, bytesMax: settings.batchBytesMax,
                into: &outputs.outbox
            ) { source in
                outputs.latency.note(source.takenAt)
                count += 1
                if count.isMultiple(of: ModelSlot.sampledEvery) { observeScale(task) }
                costs.note(task)
            }
        } catch { throw .recovery(error) }
        for notification in turn.notifications { settings.notify?(notification) }
        watch(task, hasWork: turn.used > 0, into: &outputs.outbox)
        outputs.note(turn, of: task.number, at: task.positions, next: task.next)
        if task.pipeline.isComparing { outputs.settleLater() }
        if isTransactional {
            if turn.used > 0 || !outputs.outbox.messages.isEmpty {
                outputs.number = task.next
                try add(outputs, batch: turn.batch)
            } else {
                held.giveBack(outputs)
            }
        } else if let batch = turn.batch {
            books.append(batch, task: task.number)
            held.append(outputs)
        } else {
            if turn.used > 0 || !outputs.outbox.messages.isEmpty {
                try send(outputs, next: turn.used > 0 && !outputs.isPart ? task.next : nil)
            }
            held.giveBack(outputs)
        }
        return turn.used
    }

    /// Writes the journal, and sends the outputs of those batches that it has.
    mutating func deliverJournalled() throws(WorkerError) {
        try journals?.write(&books)
        try journals?.takeSettled(&books)
        try settleDoubts()
        while let outputs = held.next(where: { books.isDurable(task: $0, $1) }) {
            try send(outputs, next: outputs.isPart ? nil : outputs.number + 1)
            held.giveBack(outputs)
        }
    }

    /// - Parameter next: the first batch of the task that is not complete with these outputs; nil
    ///   for outputs of no batch.
    mutating func send(_ outputs: HeldOutputs, next: UInt64?) throws(WorkerError) {
        let control = self.control
        try deliveries.send(
            outputs.outbox, positions: outputs.positions, latency: outputs.latency,
            task: outputs.task, next: next, patience: settings.drainPatience,
            isStopping: { control.isStopping })
    }

    /// Task numbers, beginning after the one that had the last turn.
    private var turns: [Int] {
        let numbers = tasks.keys.sorted()
        let next = numbers.firstIndex { $0 > lastTurn } ?? 0
        return Array(numbers[next...] + numbers[..<next])
    }

    // MARK: Commit

    private mutating func commitIfDue() throws(WorkerError) {
        if isTransactional { return try commitTransactionIfDue() }
        guard !isCommitting, !deliveries.committable.isEmpty,
            ContinuousClock.now - lastCommit >= settings.commitInterval
        else { return }
        lastCommit = .now
        do throws(KafkaError) {
            try consumer.beginCommit(committable)
            isCommitting = true
        } catch {
            note(error)
        }
    }

    /// Waits until everything sent is acknowledged, and commits.
    mutating func settle() throws(WorkerError) {
        try tellCompared()
        repeat {
            try journals?.flush(&books, within: settings.drainPatience)
            // Doubts that are settled here may let more into the journal.
            try deliverJournalled()
        } while journals != nil && !books.due.isEmpty
        try deliveries.flush(within: settings.drainPatience)
        let offsets = committable
        guard !offsets.isEmpty else { return }
        do throws(KafkaError) { try consumer.commit(offsets, within: settings.drainPatience) } catch
        {
            throw .kafka(error)
        }
        deliveries.noteCommitted(offsets)
    }

    private var committable: [PartitionOffset] {
        deliveries.committable.map { PartitionOffset($0, $1) }
    }

    /// What passes by itself is counted; what does not ends the worker.
    mutating func endure(_ error: KafkaError) throws(WorkerError) {
        guard !error.isFatal else { throw .kafka(error) }
        note(error)
    }

    /// A partition that does not hold the next record ends the worker: going on elsewhere would
    /// leave a gap.
    private mutating func endureErrors(of task: StreamTask<StreamInput>) throws(WorkerError) {
        for input in task.inputs {
            guard let error = input.takeError() else { continue }
            if error.code == .noOffsetReset {
                try settings.checkThatRecordsAreThere(
                    input.partition, task: task.number, [input.input: input.reached],
                    asking: consumer)
                // It does after all, but this client reads on no more.
                throw .kafka(error)
            }
            try endure(error)
        }
    }

    mutating func note(_ error: KafkaError) { errors[error.name, default: 0] += 1 }
}
