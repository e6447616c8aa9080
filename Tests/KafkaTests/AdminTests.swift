import Kafka
import Testing

@Suite struct AdminTests {
    @Test func topicsAreCreatedUnlessTheyExist() throws {
        let broker = try StubBroker()
        let admin = try Admin(["bootstrap.servers": broker.bootstrapServers])
        try admin.connect(within: .seconds(60))
        let outcome = try admin.create(
            [
                TopicSpecification(
                    "new", partitions: 3, replication: 1,
                    configuration: ["cleanup.policy": "compact", "retention.ms": "1000"]),
                TopicSpecification("old", partitions: 1),
            ], within: .seconds(60))
        #expect(outcome == [.created, .existed])
        #expect(
            broker.creations == [
                .init(
                    name: "new", partitions: 3, replication: 1,
                    configuration: ["cleanup.policy": "compact", "retention.ms": "1000"]),
                .init(name: "old", partitions: 1, replication: -1, configuration: [:]),
            ])
        let refusal = #expect(throws: KafkaError.self) {
            _ = try admin.create([TopicSpecification("bad", partitions: 1)], within: .seconds(60))
        }
        #expect(refusal?.operation == "create topic bad")
        #expect(refusal?.message == "not in this house" && refusal?.name == "POLICY_VIOLATION")
    }

    @Test func anUnknownTopicIsNotDescribed() throws {
        let broker = try EmbeddedBroker()
        broker.fail(topic: "nowhere", with: .unknownTopicOrPartition)
        let admin = try Admin(broker.properties)
        let error = #expect(throws: KafkaError.self) {
            _ = try admin.describe("nowhere", within: .seconds(60))
        }
        #expect(error?.code == .unknownTopicOrPartition)
        #expect(error?.operation == "describe topic nowhere")
    }

    /// The embedded broker has no such call: an error, not a wait for ever.
    @Test func aBrokerWithoutTheCallIsTold() async throws {
        try await onOwnThread {
            let broker = try EmbeddedBroker()
            let admin = try Admin(broker.properties)
            let topic = TopicSpecification(
                "new", partitions: 3, replication: 1, configuration: ["cleanup.policy": "compact"])
            let error = #expect(throws: KafkaError.self) {
                _ = try admin.create([topic], within: .seconds(2))
            }
            #expect(error?.operation == "create topics")
            #expect(try admin.create([], within: .zero) == [])
        }
    }

    @Test func anAbsentBrokerIsToldInTime() throws {
        let admin = try Admin(["bootstrap.servers": "127.0.0.1:1"])
        let start = ContinuousClock.now
        let error = #expect(throws: KafkaError.self) {
            _ = try admin.create(
                [TopicSpecification("new", partitions: 1)], within: .milliseconds(500))
        }
        #expect(error?.isRetriable == true, "\(String(describing: error))")
        #expect(ContinuousClock.now - start < .seconds(60))
    }

    @Test func anImpossibleTopicIsRefusedWithItsName() throws {
        let admin = try Admin(["bootstrap.servers": "127.0.0.1:1"])
        let error = #expect(throws: KafkaError.self) {
            _ = try admin.create([TopicSpecification("new", partitions: 0)], within: .seconds(1))
        }
        #expect(error?.code == .invalidArgument && error?.operation == "create topic new")
        #expect(error?.message == "found 0 partitions; expected 1 or more")
    }
}
