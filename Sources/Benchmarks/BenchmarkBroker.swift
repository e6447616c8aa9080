import Glibc
import Kafka

/// The broker of a run: embedded in this process, where its processor time counts with the rest, or
/// one outside.
struct BenchmarkBroker: ~Copyable {
    /// One partition holds 5 MB when embedded.
    static let partitions = 6

    private let embedded: EmbeddedBroker?
    let address: String
    /// Tells the topics and groups of this run from those of earlier ones on the same broker.
    private let run = "bench-\(getpid())"

    init(bootstrap: String?) throws(KafkaError) {
        if let bootstrap {
            embedded = nil
            address = bootstrap
        } else {
            let broker = try EmbeddedBroker()
            address = broker.bootstrapServers
            embedded = consume broker
        }
    }

    func name(_ suffix: String) -> String { "\(run)-\(suffix)" }

    /// Creates a topic and tells its full name.
    func createTopic(
        _ suffix: String, partitions: Int = BenchmarkBroker.partitions
    ) throws(KafkaError) -> String {
        let name = name(suffix)
        switch embedded {
        case .some(let embedded): try embedded.createTopic(name, partitions: partitions)
        case .none:
            let admin = try Admin(properties)
            _ = try admin.create(
                [TopicSpecification(name, partitions: partitions)], within: .seconds(30))
        }
        return name
    }

    var properties: ClientProperties { ["bootstrap.servers": address] }
}
