internal import CRdKafka

/// A topic to send to; belongs to the producer that gave it.
public struct TopicHandle: Hashable, Sendable {
    let index: Int
}

/// Which partition of its topic a record goes to.
public enum Partitioning: Hashable, Sendable {
    /// By `partitioner`: here the hash that Java clients use, so equal keys meet; a record without
    /// key goes anywhere.
    case byKey
    case partition(Int)
}

/// Owns one librdkafka producer; idempotent unless the properties say otherwise. For one thread.
///
/// Records are counted by batch: everything sent between two calls of `sealBatch` is one batch, and
/// `poll` tells what became of it when all of it has been acknowledged or has failed.
@safe public struct Producer: ~Copyable {
    let client: Client
    var ledger = DeliveryLedger()
    /// Errors not yet told; the oldest are dropped beyond `errorsHeldMax`.
    private var errors: [KafkaError] = []
    var topics: [Topic] = []
    private var topicIndices: [String: Int] = [:]
    let reports: UnsafeMutablePointer<UnsafePointer<rd_kafka_message_t>?>

    @safe struct Topic {
        let name: String
        let handle: OpaquePointer
    }

    /// Delivery reports looked at in one go.
    static let reportsMax = 1_024
    private static let errorsHeldMax = 100
    private static let defaults = [
        ("enable.idempotence", "true"), ("partitioner", "murmur2_random"),
    ]

    /// - Parameters:
    ///   - waker: raised when there are deliveries to poll, so that one thread can wait for a
    ///     consumer's records and for deliveries at once.
    ///   - log: takes librdkafka's own log lines.
    /// - Throws: an unknown property, a bad value, a missing secret.
    public init(
        _ properties: ClientProperties, waking waker: Waker? = nil,
        log: @escaping LogSink = { _ in }
    ) throws(KafkaError) {
        var properties = properties
        for (name, value) in Self.defaults { properties.setDefault(name, value) }
        try properties.reserve("log.queue", "false")
        client = try Client(
            .producer, properties, events: RD_KAFKA_EVENT_DR | RD_KAFKA_EVENT_ERROR, log: log,
            wakeSignal: waker?.signal)
        unsafe reports = .allocate(capacity: Self.reportsMax)
    }

    deinit {
        for topic in topics { unsafe rd_kafka_topic_destroy(topic.handle) }
        unsafe reports.deallocate()
    }

    /// Waits until a broker answers. Call before the first `send`.
    ///
    /// - Throws: `brokerTransport` after `timeout`, or why the brokers refuse us.
    public mutating func connect(within timeout: Duration) throws(KafkaError) {
        try client.connect(within: timeout) { client.nextError() }
    }

    mutating func hold(_ error: KafkaError) {
        if errors.count == Self.errorsHeldMax { errors.removeFirst() }
        errors.append(error)
    }

    mutating func takeHeldError() -> KafkaError? { errors.isEmpty ? nil : errors.removeFirst() }

    /// The handle of a topic, which need not exist yet. Looked up once, kept by the caller.
    public mutating func topic(_ name: String) throws(KafkaError) -> TopicHandle {
        if let index = topicIndices[name] { return TopicHandle(index: index) }
        guard let handle = unsafe rd_kafka_topic_new(client.handle, name, nil) else {
            throw client.failure(rd_kafka_last_error(), "open topic \(name)")
        }
        topicIndices[name] = topics.count
        topics.append(unsafe Topic(name: name, handle: handle))
        return TopicHandle(index: topics.count - 1)
    }
}
