internal import CRdKafka

/// librdkafka's mock cluster in this process, for demos and tests.
///
/// It listens on random local ports, speaks plain text, and keeps about 5 MB a partition; older
/// records vanish. It has no admin calls (create topics here), no lookup by time, no isolation
/// of transactions, and does not keep the offsets that are committed with one. A consumer of it
/// should set `fetch.wait.max.ms` to 10 or 20.
@safe public struct EmbeddedBroker: ~Copyable {
    private let client: Client
    private let cluster: OpaquePointer

    /// - Parameter brokerCount: numbered from 1.
    public init(
        brokerCount: Int = 1, log: @escaping LogSink = { _ in }
    ) throws(KafkaError) {
        // Level 4 leaves out the note that this client, which needs none, has no bootstrap servers.
        let client = try Client(
            .producer, ["client.id": "embedded-broker", "log_level": "4"], events: 0, log: log)
        guard
            let cluster = unsafe rd_kafka_mock_cluster_new(
                client.handle, Int32(clamping: brokerCount))
        else { throw KafkaError(.systemResource, "start the embedded broker") }
        self.client = client
        unsafe self.cluster = cluster
    }

    deinit { unsafe rd_kafka_mock_cluster_destroy(cluster) }

    /// What clients set as `bootstrap.servers`.
    public var bootstrapServers: String {
        unsafe String(cString: rd_kafka_mock_cluster_bootstraps(cluster))
    }

    /// Creates a topic of so many partitions.
    public func createTopic(
        _ name: String, partitions: Int, replication: Int = 1
    ) throws(KafkaError) {
        try client.check(
            unsafe rd_kafka_mock_topic_create(
                cluster, name, Int32(clamping: partitions), Int32(clamping: replication)),
            "create topic \(name)")
    }

    /// Requests that the broker can be told to fail, by their number in Kafka's protocol.
    public enum Request: Int16, Sendable {
        case produce = 0
        case fetch = 1
        case listOffsets = 2
        case metadata = 3
        case offsetCommit = 8
        case offsetFetch = 9
        case findCoordinator = 10
        case joinGroup = 11
        case heartbeat = 12
        case syncGroup = 14
        case initProducerID = 22
        case addPartitionsToTransaction = 24
        case endTransaction = 26
        case commitOffsetsInTransaction = 28
    }

    /// The next requests of this kind fail with these errors, one after the other.
    public func fail(_ request: Request, with errors: [KafkaError.Code]) {
        let codes = errors.map { rd_kafka_resp_err_t(rawValue: $0.rawValue) }
        unsafe rd_kafka_mock_push_request_errors_array(
            cluster, request.rawValue, codes.count, codes)
    }

    /// Every request for the topic fails with this error from now on.
    public func fail(topic: String, with error: KafkaError.Code) {
        unsafe rd_kafka_mock_topic_set_error(
            cluster, topic, rd_kafka_resp_err_t(rawValue: error.rawValue))
    }

    /// Cuts all connections to the broker and takes no new ones.
    public func takeDown(broker: Int = 1) throws(KafkaError) {
        try client.check(
            unsafe rd_kafka_mock_broker_set_down(cluster, Int32(clamping: broker)),
            "take broker \(broker) down")
    }

    /// Lets a broker that was taken down accept connections again.
    public func bringUp(broker: Int = 1) throws(KafkaError) {
        try client.check(
            unsafe rd_kafka_mock_broker_set_up(cluster, Int32(clamping: broker)),
            "bring broker \(broker) up")
    }

    /// Delays each answer of the broker.
    public func setRoundTrip(_ delay: Duration, broker: Int = 1) throws(KafkaError) {
        try client.check(
            unsafe rd_kafka_mock_broker_set_rtt(
                cluster, Int32(clamping: broker), delay.wholeMillis),
            "delay broker \(broker)")
    }
}
