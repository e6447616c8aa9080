internal import Events
public import Kafka
public import Pipeline

/// One thread's loop: consume, merge, step, deliver, commit. It owns one consumer, one producer and
/// the tasks assigned to it, and shares none of them.
///
/// At-least-once: offsets are committed only when every output of the records before them was
/// acknowledged. State is the fold of the log: a task that starts behind committed offsets replays
/// its partitions from the beginning with outputs suppressed.
public struct StreamWorker: ~Copyable {
    let settings: WorkerSettings
    let pipelineSettings: PipelineSettings
    let control: WorkerControl
    var consumer: Consumer
    var deliveries: Deliveries
    /// By task number (`WorkerSettings.Tasks.number`).
    var tasks: [Int: StreamTask] = [:]
    /// Tasks whose partitions were taken back: their state is good if they return unread.
    var parked: [Int: StreamTask] = [:]
    var outbox = Outbox()
    /// The task that had the last turn.
    private var lastTurn = -1
    var isCommitting = false
    var lastCommit = ContinuousClock.now
    var lastStatus = ContinuousClock.now
    var status = WorkerStatus()
    /// Errors of the consumer that passed by themselves.
    var errors: [String: Int] = [:]

    /// The longest sleep when there is nothing to do.
    private static let idleWait = Duration.milliseconds(50)

    public init(
        _ settings: WorkerSettings, pipeline: PipelineSettings, control: WorkerControl,
        log: @escaping LogSink = { _ in }
    ) throws(KafkaError) {
        var properties = settings.consumer
        properties.setDefault("auto.offset.reset", "earliest")
        // Events and labels of one partition must go to one member, and a single task comes and
        // goes as a whole.
        try properties.reserve("partition.assignment.strategy", "range")
        let consumer = try Consumer(properties, log: log)
        let deliveries = try Deliveries(settings, waking: consumer.waker, log: log)
        self.consumer = consumer
        self.deliveries = deliveries
        self.settings = settings
        self.control = control
        pipelineSettings = pipeline
    }

    /// Works until `control.stop()`, then delivers and commits what is under way.
    public mutating func run() throws(WorkerError) {
        control.connect(consumer.waker)
        defer { publishStatus(.stopped) }
        do throws(KafkaError) {
            try consumer.connect(within: settings.connectPatience)
        } catch {
            throw .kafka(error)
        }
        try checkPartitions()
        do throws(KafkaError) { try consumer.subscribe(to: subscription) } catch {
            throw .kafka(error)
        }
        while !control.isStopping {
            try answerGroup()
            takeModel()
            let used = try runTasks()
            try deliveries.takeSettled()
            commitIfDue()
            publishStatusIfDue()
            if used == 0 { _ = consumer.wait(atMost: Self.idleWait) }
        }
        publishStatus(.draining)
        _ = try settleBeforeLeaving()
        releaseModel()
        publishReport()
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
            guard deliveries.outstanding <= settings.outstandingMax else { break }
            guard let task = tasks[number] else { continue }
            lastTurn = number
            for error in task.takeErrors() { try endure(error) }
            var latency = LatencyStretches()
            let count = task.run(
                upTo: settings.batchRecordsMax, bytesMax: settings.batchBytesMax, into: &outbox,
                latency: &latency)
            watch(task, hasWork: count > 0)
            guard count > 0 || !outbox.messages.isEmpty else { continue }
            try deliveries.send(outbox, positions: task.positions, latency: latency)
            outbox.removeAll()
            used += count
        }
        status.records += UInt64(used)
        return used
    }

    /// Task numbers, beginning after the one that had the last turn.
    private var turns: [Int] {
        let numbers = tasks.keys.sorted()
        let next = numbers.firstIndex { $0 > lastTurn } ?? 0
        return Array(numbers[next...] + numbers[..<next])
    }

    // MARK: Commit

    private mutating func commitIfDue() {
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

    mutating func note(_ error: KafkaError) { errors[error.name, default: 0] += 1 }
}
