internal import CRdKafka

/// Owns one member of a consumer group. For one thread, which must call `poll` or refill a batch
/// more often than every `max.poll.interval.ms`.
///
/// Records do not come through `poll` but through one `PartitionQueue` for each assigned partition,
/// so that a reader of many partitions chooses from which to take next. The consumer commits only
/// what it is told to.
public struct Consumer: ~Copyable {
    let client: Client
    /// Queues of assigned partitions: holding them keeps them apart from the main queue.
    var assignment: [TopicPartition: HeldQueue] = [:]
    var lastProtocol = RebalanceProtocol.eager
    var wasEverAssigned = false
    var isSubscribed = false
    var isClosed = false
    /// Taken off the library's queue while waiting for something else. At most `eventsHeldMax`.
    private var held: [ConsumerEvent] = []

    static let eventsHeldMax = 1_000
    /// How long `deinit` waits for the group if `close` was not called.
    private static let closingPatience = Duration.seconds(5)

    /// - Parameters:
    ///   - properties: must name `bootstrap.servers` and `group.id`.
    ///   - log: takes librdkafka's own log lines.
    /// - Throws: an unknown property, a bad value, a missing secret.
    public init(
        _ properties: ClientProperties, log: @escaping LogSink = { _ in }
    ) throws(KafkaError) {
        var properties = properties
        for (name, value) in Self.ownProperties { try properties.reserve(name, value) }
        let events =
            RD_KAFKA_EVENT_REBALANCE | RD_KAFKA_EVENT_ERROR | RD_KAFKA_EVENT_OFFSET_COMMIT
            | RD_KAFKA_EVENT_STATS | RD_KAFKA_EVENT_FETCH
        client = try Client(.consumer, properties, events: events, log: log)
    }

    /// A consumer to which a broker has answered.
    public static func connected(
        _ properties: ClientProperties, within timeout: Duration
    ) throws(KafkaError) -> Consumer {
        var consumer = try Consumer(properties)
        try consumer.connect(within: timeout)
        return consumer
    }

    deinit {
        if !isClosed { _ = leave(within: Self.closingPatience) }
    }

    /// What makes offsets and ends of partitions ours to decide and see.
    private static let ownProperties = [
        ("enable.auto.commit", "false"), ("enable.auto.offset.store", "false"),
        ("enable.partition.eof", "true"), ("log.queue", "false"),
    ]

    /// Lets any thread end this consumer's `wait`.
    public var waker: Waker { Waker(signal: client.wakeSignal) }

    /// Waits until a broker answers.
    ///
    /// - Throws: `brokerTransport` after `timeout`, or why the brokers refuse us.
    public mutating func connect(within timeout: Duration) throws(KafkaError) {
        var failures: [KafkaError] = []
        var kept: [ConsumerEvent] = []
        try client.connect(within: timeout) {
            drain(into: &kept, errorsInto: &failures)
            return failures.isEmpty ? nil : failures.removeFirst()
        }
        held.append(contentsOf: kept.prefix(Self.eventsHeldMax - held.count))
    }

    private func drain(into kept: inout [ConsumerEvent], errorsInto errors: inout [KafkaError]) {
        while let event = nextLibraryEvent() {
            if case .error(let error) = event { errors.append(error) } else { kept.append(event) }
        }
    }

    /// Joins the group for these topics; offers then come through `poll`.
    public mutating func subscribe(to topics: [String]) throws(KafkaError) {
        let list = PartitionList(topics.map { TopicPartition($0, Int(RD_KAFKA_PARTITION_UA)) })
        try client.check(
            unsafe rd_kafka_subscribe(client.handle, list.handle),
            "subscribe to \(topics.joined(separator: ", "))")
        isSubscribed = true
    }

    /// What happened next, or nil if nothing did. Never blocks.
    public mutating func poll() -> ConsumerEvent? {
        let event = held.isEmpty ? nextLibraryEvent() : held.removeFirst()
        if case .assigned(_, let handover) = event { lastProtocol = handover }
        if case .revoked(_, _, let handover) = event { lastProtocol = handover }
        return event
    }

    /// Blocks until a queue that was found empty, or `poll`, has something; until `waker` is used;
    /// or until the timeout. Whether anything but the timeout ended it.
    ///
    /// Wait only when everything of interest was found empty: a queue that gave a full batch may
    /// hold more, and does not speak again before it was emptied.
    public func wait(atMost timeout: Duration) -> Bool {
        held.isEmpty ? client.wakeSignal.wait(atMost: timeout) : true
    }
}

extension ClientProperties {
    /// Sets a property that the owner's working depends on.
    ///
    /// - Throws: `invalidArgument` if it is set to something else.
    public mutating func reserve(_ name: String, _ value: String) throws(KafkaError) {
        if let found = self.value(of: name), found != value {
            throw KafkaError(
                .invalidArgument, "set property \(name)",
                message: "found \(found), but this program needs \(value); leave it out")
        }
        set(name, value)
    }
}
