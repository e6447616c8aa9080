internal import CRdKafka

/// A topic as it should be.
public struct TopicSpecification: Sendable, Equatable {
    public var name: String
    public var partitions: Int
    /// Nil for the cluster's default.
    public var replication: Int?
    /// Topic configuration by Kafka's names, such as `cleanup.policy`.
    public var configuration: [String: String]

    public init(
        _ name: String, partitions: Int, replication: Int? = nil,
        configuration: [String: String] = [:]
    ) {
        self.name = name
        self.partitions = partitions
        self.replication = replication
        self.configuration = configuration
    }
}

/// What the cluster did about a specification.
public enum TopicCreation: Sendable, Equatable {
    case created
    /// There is a topic of that name already; it was left as it is.
    case existed
}

/// Creates and describes topics.
public struct Admin: ~Copyable {
    private let client: Client

    /// - Throws: an unknown property, a bad value, a missing secret.
    public init(
        _ properties: ClientProperties, log: @escaping LogSink = { _ in }
    ) throws(KafkaError) {
        client = try Client(.producer, properties, events: RD_KAFKA_EVENT_ERROR, log: log)
    }

    /// Waits until a broker answers.
    ///
    /// - Throws: `brokerTransport` after `timeout`, or why the brokers refuse us.
    public func connect(within timeout: Duration) throws(KafkaError) {
        try client.connect(within: timeout) { client.nextError() }
    }

    /// - Throws: `unknownTopicOrPartition` if there is no such topic; `timedOut`.
    public func describe(
        _ topic: String, within timeout: Duration
    ) throws(KafkaError) -> TopicDescription {
        try client.describe(topic, within: timeout)
    }

    /// Creates the topics that do not exist yet.
    ///
    /// - Returns: what was done, in the order of `topics`.
    /// - Throws: the first refusal; topics before and after it may have been created.
    public func create(
        _ topics: [TopicSpecification], within timeout: Duration
    ) throws(KafkaError) -> [TopicCreation] {
        guard !topics.isEmpty else { return [] }
        let request = NewTopics()
        for topic in topics { try request.append(topic) }
        let event = try unsafe answer(to: request, within: timeout)
        defer { unsafe rd_kafka_event_destroy(event) }
        return try unsafe outcome(of: event)
    }

    private func answer(
        to request: borrowing NewTopics, within timeout: Duration
    ) throws(KafkaError) -> OpaquePointer {
        let options = unsafe rd_kafka_AdminOptions_new(
            client.handle, RD_KAFKA_ADMIN_OP_CREATETOPICS)
        let answers = unsafe rd_kafka_queue_new(client.handle)
        defer {
            unsafe rd_kafka_AdminOptions_destroy(options)
            unsafe rd_kafka_queue_destroy(answers)
        }
        let millis = max(1, timeout.wholeMillis)
        _ = unsafe withErrorText {
            unsafe rd_kafka_AdminOptions_set_request_timeout(options, millis, $0, $1)
        }
        _ = unsafe withErrorText {
            unsafe rd_kafka_AdminOptions_set_operation_timeout(options, millis, $0, $1)
        }
        unsafe request.send(client.handle, options, answers)
        guard let event = unsafe rd_kafka_queue_poll(answers, millis) else {
            throw KafkaError(.timedOut, Self.operation, message: "no answer within \(timeout)")
        }
        return unsafe event
    }

    private func outcome(of event: OpaquePointer) throws(KafkaError) -> [TopicCreation] {
        if unsafe rd_kafka_event_error(event) != RD_KAFKA_RESP_ERR_NO_ERROR {
            throw unsafe client.failure(event, Self.operation)
        }
        var count = 0
        let result = unsafe rd_kafka_event_CreateTopics_result(event)
        let answers = unsafe rd_kafka_CreateTopics_result_topics(result, &count)
        var outcome: [TopicCreation] = []
        for i in 0..<count {
            let answer = unsafe answers?[i]
            switch unsafe rd_kafka_topic_result_error(answer) {
            case RD_KAFKA_RESP_ERR_NO_ERROR: outcome.append(.created)
            case RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS: outcome.append(.existed)
            case let code:
                let name = unsafe String(cString: rd_kafka_topic_result_name(answer))
                let text = unsafe rd_kafka_topic_result_error_string(answer)
                throw client.failure(
                    code, "create topic \(name)",
                    message: unsafe text.map { unsafe String(cString: $0) })
            }
        }
        return outcome
    }

    private static let operation = "create topics"
}

/// Owns the library's list of topics to create.
@safe private final class NewTopics {
    private var topics: [OpaquePointer?] = unsafe []

    deinit { unsafe rd_kafka_NewTopic_destroy_array(&topics, topics.count) }

    func append(_ topic: TopicSpecification) throws(KafkaError) {
        let operation = "create topic \(topic.name)"
        guard topic.partitions > 0 else {
            throw KafkaError(
                .invalidArgument, operation,
                message: "found \(topic.partitions) partitions; expected 1 or more")
        }
        let (made, text) = unsafe withErrorText {
            unsafe rd_kafka_NewTopic_new(
                topic.name, Int32(clamping: topic.partitions),
                Int32(clamping: topic.replication ?? -1), $0, $1)
        }
        guard let made = unsafe made else {
            throw KafkaError(.invalidArgument, operation, message: text)
        }
        unsafe topics.append(made)
        for (name, value) in topic.configuration {
            unsafe rd_kafka_NewTopic_set_config(made, name, value)
        }
    }

    func send(_ client: OpaquePointer, _ options: OpaquePointer?, _ queue: OpaquePointer?) {
        unsafe rd_kafka_CreateTopics(client, &topics, topics.count, options, queue)
    }
}
