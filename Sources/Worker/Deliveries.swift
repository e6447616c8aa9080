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
    private var headers = RecordHeaders()
    private var inFlight: [Batch] = []
    /// Ready to commit: every output of earlier records was acknowledged.
    private(set) var committable: [TopicPartition: Int64] = [:]
    private(set) var delivered: UInt64 = 0
    private(set) var latencyMicros = WorkerStatus.emptyLatency
    /// Errors that passed by themselves.
    private(set) var errors: [String: Int] = [:]

    private struct Batch {
        var number: BatchNumber
        var positions: [PartitionOffset]
        var latency: LatencyStretches
    }

    init(
        _ settings: WorkerSettings, waking waker: Waker, log: @escaping LogSink
    ) throws(KafkaError) {
        var producer = try Producer(settings.producer, waking: waker, log: log)
        let predictions = try producer.topic(settings.predictionsTopic)
        let deadLetters = try producer.topic(settings.deadLettersTopic)
        var drift: TopicHandle?
        var alerts: TopicHandle?
        if let topic = settings.driftTopic { drift = try producer.topic(topic) }
        if let topic = settings.alertsTopic { alerts = try producer.topic(topic) }
        var features: TopicHandle?
        if let topic = settings.featuresTopic { features = try producer.topic(topic) }
        self.drift = drift
        self.alerts = alerts
        self.features = features
        self.producer = producer
        self.predictions = predictions
        self.deadLetters = deadLetters
    }

    var outstanding: Int { producer.outstanding }

    /// Sends the outbox as one batch; its arrival makes the positions ready to commit. While the
    /// producer's queue is full nothing more is read: deliveries make room.
    mutating func send(
        _ outbox: borrowing Outbox, positions: [PartitionOffset], latency: LatencyStretches
    ) throws(WorkerError) {
        for message in outbox.messages {
            headers.removeAll()
            for header in outbox.headers[message.headers] {
                headers.append(header.name, outbox.bytes(header.value))
            }
            while try !offer(message, of: outbox) {
                try takeSettled()
                _ = producer.wait(atMost: Self.roomWait)
            }
        }
        inFlight.append(
            Batch(number: producer.sealBatch(), positions: positions, latency: latency))
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

    /// Takes in acknowledgements.
    mutating func takeSettled() throws(WorkerError) {
        while let delivery = try pollBatch() {
            guard delivery.isComplete else {
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
        delivered += UInt64(delivery.deliveredCount)
        guard let first = inFlight.first, first.number == delivery.batch else { return }
        inFlight.removeFirst()
        let now = ContinuousClock.now
        for stretch in first.latency.stretches {
            let micros = (now - stretch.takenAt) / Duration.microseconds(1)
            latencyMicros.record(UInt64(max(1, micros)), count: stretch.count)
        }
        for position in first.positions { committable[position.partition] = position.offset }
    }

    /// Waits until everything sent is acknowledged.
    mutating func flush(within patience: Duration) throws(WorkerError) {
        let remaining = producer.flush(within: patience)
        try takeSettled()
        guard remaining == 0 else { throw .undelivered(count: remaining, first: nil) }
    }

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
