internal import Bytes
internal import Kafka

/// Records on their way into topics, and what became of them. Memory is bounded by the producer's
/// queue: when it is full, sending waits.
struct TopicOutput: ~Copyable {
    typealias Topic = TopicHandle

    private var producer: Producer
    private let wait: Duration
    private(set) var sent = 0
    private(set) var acknowledged = 0
    private(set) var byteCount = 0
    private var sentSinceSeal = 0

    private static let batchRecords = 10_000

    /// - Parameter wait: how long to wait for a broker, and at the end for acknowledgements.
    init(_ properties: ClientProperties, waiting wait: Duration) throws(KafkaError) {
        var properties = properties
        properties.setDefault("linger.ms", "20")
        properties.setDefault("compression.type", "lz4")
        var producer = try Producer(properties)
        try producer.connect(within: wait)
        self.producer = producer
        self.wait = wait
    }

    mutating func topic(_ name: String) throws(KafkaError) -> TopicHandle {
        try producer.topic(name)
    }

    mutating func send(
        to topic: TopicHandle, key: borrowing ByteWriter, value: borrowing ByteWriter,
        timestampMillis: Int64
    ) throws(Failure) {
        try send(to: topic, key: key.bytes, value: value.bytes, timestampMillis: timestampMillis)
    }

    /// Queues a record, waiting while the queue is full; a delivery that failed ends it here.
    mutating func send(
        to topic: TopicHandle, key: RawSpan?, value: RawSpan, timestampMillis: Int64
    ) throws(Failure) {
        while true {
            do throws(KafkaError) {
                try producer.send(
                    to: topic, key: key, value: value, timestampMillis: timestampMillis)
                break
            } catch {
                guard error.code == .queueFull else { throw Failure(error) }
                _ = producer.wait(atMost: .milliseconds(100))
                try takeDeliveries()
            }
        }
        sent += 1
        byteCount += value.byteCount + (key?.byteCount ?? 0)
        sentSinceSeal += 1
        if sentSinceSeal >= Self.batchRecords {
            sentSinceSeal = 0
            _ = producer.sealBatch()
            try takeDeliveries()
        }
    }

    /// Waits until everything is acknowledged.
    mutating func finish() throws(Failure) {
        _ = producer.sealBatch()
        sentSinceSeal = 0
        let left = producer.flush(within: wait)
        try takeDeliveries()
        guard left == 0 else {
            throw Failure(
                .unavailable,
                "no acknowledgement of \(Numerals.grouped(left)) records within \(wait)")
        }
    }

    private mutating func takeDeliveries() throws(Failure) {
        while let event = producer.poll() {
            switch event {
            case .settled(let delivery):
                acknowledged += delivery.deliveredCount
                if let error = delivery.firstFailure { throw Failure(error) }
            case .error(let error):
                if error.isFatal { throw Failure(error) }
            }
        }
    }
}
