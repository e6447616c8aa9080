internal import ArgumentParser
internal import Kafka

/// How to reach Kafka, the same for every command that does.
struct KafkaOptions: ParsableArguments {
    @Option(
        name: [.customShort("b"), .customLong("bootstrap")],
        help: ArgumentHelp("Brokers to begin with.", valueName: "host:port,…"))
    var bootstrap = "localhost:9092"

    @Option(
        name: .customShort("X"),
        help: ArgumentHelp(
            """
            Any librdkafka property, verbatim; may be repeated. Secrets are given as ${NAME} or \
            ${file:/path}.
            """, valueName: "key=value"))
    var properties: [String] = []

    @Option(
        help: ArgumentHelp("Wait so long for a broker and for acknowledgements.", valueName: "time")
    )
    var timeout = "30s"

    func validate() throws {
        do throws(Failure) {
            _ = try clientProperties()
            _ = try wait()
        } catch { throw ValidationError(error.message) }
    }

    func wait() throws(Failure) -> Duration {
        guard let duration = EventDuration(timeout), duration.millis > 0 else {
            throw Failure(
                .usage, "--timeout: found \(timeout); expected \(EventDuration.expectation)")
        }
        return .milliseconds(duration.millis)
    }

    func clientProperties() throws(Failure) -> ClientProperties {
        var result = ClientProperties()
        result.set("bootstrap.servers", bootstrap)
        for property in properties {
            guard let equals = property.firstIndex(of: "="), equals > property.startIndex else {
                throw Failure(.usage, "-X: found \(property); expected key=value")
            }
            result.set(
                String(property[..<equals]), String(property[property.index(after: equals)...]))
        }
        return result
    }

    /// Waits for a broker, and creates the topics that are missing.
    ///
    /// - Parameter partitions: nil for the cluster's default.
    func ensureTopics(_ names: [String], partitions: Int?) throws {
        let admin = try Admin(clientProperties())
        let wait = try wait()
        try admin.connect(within: wait)
        // Records bear the times of their events, which may be long past: by default a broker
        // deletes what is older than a week.
        let topics = names.map {
            TopicSpecification(
                $0, partitions: partitions ?? -1, configuration: ["retention.ms": "-1"])
        }
        try admin.createMissing(topics, within: wait)
    }
}
