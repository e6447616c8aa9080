internal import Bytes
internal import Histogram
internal import Kafka
internal import Pipeline

/// Outputs on their way to the broker, batch by batch, and the offsets that may be committed once
/// they have arrived.
struct Deliveries: ~Copyable {
    private var producer: Producer
    private let predictions: TopicHandle
    private let deadLetters: TopicHandle
    private let drift: TopicHandle?
    private let alerts: TopicHandle?
    private let features: TopicHandle?
    private let journal: TopicHandle
    private let isTransactional: Bool
    private(set) var isInTransaction = false
    private var journalBatches: [BatchNumber: Int] = [:]
    private var journalOffsets: [Int: Int64] = [:]
    private var headers = RecordHeaders()
    private var inFlight: [Batch] = []
    /// Ready to commit: every output of earlier records was acknowledged.
    private(set) var committable: [TopicPartition: Int64] = [:]
    private(set) var delivered: UInt64 = 0
    /// Of each task the first batch whose outputs are not all acknowledged.
    private var deliveredNext: [Int: UInt64] = [:]
    private(set) var latencyMicros = WorkerStatus.emptyLatency
    /// Since `takeRecentLatency`.
    private var recentMicros = WorkerStatus.emptyLatency
    /// Errors that passed by themselves.
    private(set) var errors: [String: Int] = [:]

    private struct Batch {
        var number: BatchNumber
        var positions: [PartitionOffset]
        var latency: LatencyStretches
        var task: Int
        var next: UInt64?
    }

    init(
        _ settings: WorkerSettings, waking waker: Waker, log: @escaping LogSink
    ) throws(KafkaError) {
        var properties = settings.producer
        if case .exactlyOnce(let id) = settings.guarantee {
            properties.set("transactional.id", id)
            properties.setDefault("transaction.timeout.ms", "15000")
        }
        var producer = try Producer(properties, waking: waker, log: log)
        let predictions = try producer.topic(settings.predictionsTopic)
        let deadLetters = try producer.topic(settings.deadLettersTopic)
        var drift: TopicHandle?
        var alerts: TopicHandle?
        if let topic = settings.driftTopic { drift = try producer.topic(topic) }
        if let topic = settings.alertsTopic { alerts = try producer.topic(topic) }
        var features: TopicHandle?
        if let topic = settings.featuresTopic { features = try producer.topic(topic) }
        let journal = try producer.topic(settings.journalTopic)
        isTransactional = settings.guarantee != .atLeastOnce
        self.drift = drift
        self.alerts = alerts
        self.features = features
        self.journal = journal
        self.producer = producer
        self.predictions = predictions
        self.deadLetters = deadLetters
    }

    var outstanding: Int { producer.outstanding }

    /// Sends the outbox as one batch; its arrival makes the positions ready to commit. While the
    /// producer's queue is full nothing more is read: deliveries make room.
    ///
    /// - Parameters:
    ///   - next: the first batch of the task that is not complete with these outputs; nil for
    ///     outputs of no batch.
    ///   - patience: how long room is waited for once the worker is told to stop.
    mutating func send(
        _ outbox: borrowing Outbox, positions: [PartitionOffset], latency: LatencyStretches,
        task: Int, next: UInt64?, patience: Duration, isStopping: () -> Bool
    ) throws(WorkerError) {
        var stopped: ContinuousClock.Instant?
        for message in outbox.messages {
            headers.removeAll()
            for header in outbox.headers[message.headers] {
                headers.append(header.name, outbox.bytes(header.value))
            }
            while try !offer(message, of: outbox) {
                try takeSettled()
                _ = producer.wait(atMost: Self.roomWait)
                guard isStopping() else { continue }
                stopped = stopped ?? .now
                if let stopped, .now - stopped > patience {
                    throw .undelivered(count: producer.outstanding, first: nil)
                }
            }
        }
        inFlight.append(
            Batch(
                number: producer.sealBatch(), positions: positions, latency: latency, task: task,
                next: next))
    }

    private static let roomWait = Duration.milliseconds(10)

    /// Queues one message; false when the producer's queue is full.
    private mutating func offer(
        _ message: Outbox.Message, of outbox: borrowing Outbox
    ) throws(WorkerError) -> Bool {
        guard let topic = topic(of: message.destination) else { return true }
        let value = outbox.bytes(message.value)
        let time = message.timestampMillis
        do throws(KafkaError) {
            if let key = message.key {
                try producer.send(
                    to: topic, key: outbox.bytes(key), value: value, timestampMillis: time,
                    headers: &headers)
            } else {
                try producer.send(
                    to: topic, key: nil, value: value, timestampMillis: time, headers: &headers)
            }
            return true
        } catch {
            guard error.code == .queueFull else { throw .kafka(error) }
            return false
        }
    }

    /// Nil for what nobody wants published.
    private func topic(of destination: Outbox.Destination) -> TopicHandle? {
        switch destination {
        case .predictions: predictions
        case .deadLetters: deadLetters
        case .drift: drift
        case .alerts: alerts
        case .features: features
        }
    }

    /// Takes in acknowledgements. What failed in a transaction fails its commit, and is sent again
    /// in the next.
    mutating func takeSettled() throws(WorkerError) {
        while let delivery = try pollBatch() {
            guard delivery.isComplete || isTransactional else {
                throw .undelivered(count: delivery.failedCount, first: delivery.firstFailure)
            }
            complete(delivery)
        }
    }

    private mutating func pollBatch() throws(WorkerError) -> BatchDelivery? {
        while let event = producer.poll() {
            switch event {
            case .settled(let delivery): return delivery
            case .error(let error):
                guard !error.isFatal else { throw .kafka(error) }
                errors[error.name, default: 0] += 1
            }
        }
        return nil
    }

    private mutating func complete(_ delivery: BatchDelivery) {
        if let task = journalBatches.removeValue(forKey: delivery.batch) {
            journalOffsets[task] = delivery.lastOffset
            return
        }
        guard !isTransactional else {
            inFlight.removeAll { $0.number == delivery.batch }
            return
        }
        delivered += UInt64(delivery.deliveredCount)
        guard let first = inFlight.first, first.number == delivery.batch else { return }
        inFlight.removeFirst()
        record(first.latency)
        for position in first.positions { committable[position.partition] = position.offset }
        if let next = first.next { deliveredNext[first.task] = next }
    }

    private mutating func record(_ latency: LatencyStretches) {
        let now = ContinuousClock.now
        for stretch in latency.stretches {
            let micros = (now - stretch.takenAt) / Duration.microseconds(1)
            latencyMicros.record(UInt64(max(1, micros)), count: stretch.count)
            recentMicros.record(UInt64(max(1, micros)), count: stretch.count)
        }
    }

    /// Latencies since the last call; nil without any.
    mutating func takeRecentLatency() -> Histogram<UInt64>? {
        guard recentMicros.totalCount > 0 else { return nil }
        defer { recentMicros = WorkerStatus.emptyLatency }
        return recentMicros
    }

    /// Waits until everything sent is acknowledged.
    mutating func flush(within patience: Duration) throws(WorkerError) {
        let remaining = producer.flush(within: patience)
        try takeSettled()
        guard remaining == 0 else { throw .undelivered(count: remaining, first: nil) }
    }

    /// The first batch of the task whose outputs are not all acknowledged.
    func delivered(task: Int) -> UInt64 { deliveredNext[task] ?? 0 }

    /// A task stands behind these batches, which were delivered before.
    mutating func noteDelivered(task: Int, next: UInt64) { deliveredNext[task] = next }

    mutating func resetLatency() { latencyMicros = WorkerStatus.emptyLatency }

    /// Forgets offsets that were committed, unless they have moved on since.
    mutating func noteCommitted(_ offsets: [PartitionOffset]) {
        for offset in offsets where committable[offset.partition] == offset.offset {
            committable[offset.partition] = nil
        }
    }

    /// Partitions were lost: another member may own them, so nothing of them is committed any more.
    mutating func abandon() {
        committable.removeAll()
        for index in inFlight.indices { inFlight[index].positions.removeAll() }
    }
}

/// Transactions.
extension Deliveries {
    /// Ends what an earlier run of this instance left open.
    mutating func initTransactions(within patience: Duration) throws(WorkerError) {
        guard isTransactional else { return }
        do throws(KafkaError) {
            try producer.connect(within: patience)
            try producer.initTransactions(within: patience)
        } catch { throw .kafka(error) }
    }

    mutating func beginTransaction() throws(WorkerError) {
        do throws(KafkaError) { try producer.beginTransaction() } catch { throw .kafka(error) }
        isInTransaction = true
    }

    mutating func sendJournal(_ record: JournalRecord, task: Int) throws(KafkaError) {
        var bytes = ByteWriter()
        record.append(to: &bytes)
        try producer.send(
            to: journal, .partition(task), key: nil, value: bytes.bytes, timestampMillis: 0)
        journalBatches[producer.sealBatch()] = task
    }

    mutating func commitTransaction(
        _ positions: [PartitionOffset], of consumer: borrowing Consumer, within patience: Duration
    ) throws(KafkaError) {
        try producer.sendOffsets(positions, of: consumer, within: patience)
        try producer.commitTransaction(within: patience)
        isInTransaction = false
        while let event = producer.poll() {
            if case .settled(let delivery) = event { complete(delivery) }
        }
    }

    /// What was sent fails, and that is no failure of ours.
    mutating func abortTransaction(within patience: Duration) throws(WorkerError) {
        do throws(KafkaError) { try producer.abortTransaction(within: patience) } catch {
            throw .kafka(error)
        }
        isInTransaction = false
        _ = producer.flush(within: patience)
        while producer.poll() != nil {}
        inFlight.removeAll()
        journalBatches.removeAll()
    }

    /// Where the newest committed journal record of a task stands.
    func journalOffset(task: Int) -> Int64? { journalOffsets[task] }

    /// Outputs have arrived for those who read what is committed.
    mutating func noteCommitted(_ outputs: HeldOutputs) {
        delivered += UInt64(outputs.outbox.messages.count)
        deliveredNext[outputs.task] = outputs.number
        record(outputs.latency)
    }
}
