import Kafka
import Testing

@Suite struct ConnectionTests {
    @Test func anAbsentBrokerIsToldAfterABoundedWait() async throws {
        try await onOwnThread {
            let lines = Lines()
            let properties: ClientProperties = [
                "bootstrap.servers": "127.0.0.1:1", "group.id": "g",
            ]
            var consumer = try Consumer(properties, log: lines.append)
            var producer = try Producer(properties, log: lines.append)
            let admin = try Admin(properties, log: lines.append)
            let start = ContinuousClock.now
            let errors = [
                #expect(throws: KafkaError.self) { try consumer.connect(within: .seconds(1)) },
                #expect(throws: KafkaError.self) { try producer.connect(within: .seconds(1)) },
                #expect(throws: KafkaError.self) { try admin.connect(within: .seconds(1)) },
            ]
            #expect(ContinuousClock.now - start < .seconds(60))
            for error in errors {
                #expect(error?.code == .brokerTransport && error?.isRetriable == true)
                #expect(error?.message.contains("127.0.0.1:1") == true)
                #expect(error?.advice?.contains("bootstrap.servers") == true)
            }
            #expect(lines.all.contains { $0.facility == "FAIL" }, "the library's log has a sink")
        }
    }

    @Test func aPresentBrokerAnswers() throws {
        let broker = try EmbeddedBroker()
        try broker.createTopic("events", partitions: 3)
        var consumer = try Consumer(broker.properties(group: "g"))
        try consumer.connect(within: .seconds(60))
        #expect(try consumer.partitionCount(of: "events", within: .seconds(60)) == 3)
        try broker.fill("events", partition: 1, with: (0..<9).map { Record(value: "\($0)") })
        let range = try consumer.watermarks(of: TopicPartition("events", 1), within: .seconds(60))
        #expect(range == 0..<9)
        let admin = try Admin(broker.properties)
        try admin.connect(within: .seconds(60))
        let topic = try admin.describe("events", within: .seconds(60))
        #expect(topic.name == "events" && topic.partitions.map(\.number) == [0, 1, 2])
        #expect(topic.partitions.allSatisfy { $0.leader == 1 && $0.replicaCount == 1 })
    }

    /// A broker that goes away in flight and comes back: nothing is lost on either side.
    @Test func workResumesWhenTheBrokerIsBack() async throws {
        try await onOwnThread {
            let broker = try EmbeddedBroker()
            try broker.createTopic("events", partitions: 1)
            var producer = try Producer(broker.properties)
            let topic = try producer.topic("events")
            var consumer = try Consumer(broker.properties(group: "g"))
            let lane = try consumer.readAll(of: "events", partitions: 1)[0]
            for round in 0..<3 {
                for i in 0..<100 {
                    if i == 50 { try broker.takeDown() }
                    try producer.send(Record(value: "\(round * 100 + i)"), to: topic, .partition(0))
                }
                _ = producer.flush(within: .milliseconds(20))
                try broker.bringUp()
                try eventually("the records of round \(round)") {
                    while producer.poll() != nil {}
                    _ = consumer.wait(atMost: .milliseconds(20))
                    while consumer.poll() != nil {}
                    lane.take()
                    return lane.records.count == (round + 1) * 100
                }
            }
            #expect(lane.records.map(\.value) == (0..<300).map { "\($0)" })
            #expect(lane.offsets == Array(0..<300))
        }
    }

    /// Closing at every early moment ends in time and does not crash, whatever the strategy.
    @Test(arguments: ["range", "cooperative-sticky"], [0, 1, 2, 5, 20, 100, 1_000])
    func closingEarlyIsSafe(strategy: String, polls: Int) async throws {
        try await onOwnThread {
            let broker = try EmbeddedBroker()
            try broker.createTopic("events", partitions: 2)
            var properties = broker.properties(group: "g")
            properties.set("partition.assignment.strategy", strategy)
            var consumer = try Consumer(properties)
            try consumer.subscribe(to: ["events"])
            for _ in 0..<polls {
                _ = consumer.wait(atMost: .milliseconds(1))
                _ = consumer.poll()
            }
            let hasLeft = consumer.close(within: .seconds(60))
            #expect(hasLeft)
        }
    }

    /// The moment at which librdkafka 2.0.2's own way of closing aborts the process: the group has
    /// answered, and its assignment is still on the way.
    @Test(arguments: ["range", "cooperative-sticky"])
    func closingBetweenJoiningAndAssignmentIsSafe(strategy: String) async throws {
        try await onOwnThread {
            let broker = try EmbeddedBroker()
            try broker.createTopic("events", partitions: 2)
            try broker.setRoundTrip(.milliseconds(200))
            var properties = broker.properties(group: "g")
            properties.set("partition.assignment.strategy", strategy)
            properties.set("debug", "cgrp")
            let lines = Lines()
            var consumer = try Consumer(properties, log: lines.append)
            try consumer.subscribe(to: ["events"])
            try eventually("the answer to joining") {
                _ = consumer.wait(atMost: .milliseconds(1))
                return lines.contain("JoinGroup response: GenerationId")
            }
            let hasLeft = consumer.close(within: .seconds(60))
            #expect(hasLeft)
        }
    }

    /// Nobody there to say goodbye to: closing still ends at its deadline.
    @Test(arguments: ["range", "cooperative-sticky"])
    func closingWithoutABrokerIsBounded(strategy: String) async throws {
        try await onOwnThread {
            let broker = try EmbeddedBroker()
            try broker.createTopic("events", partitions: 2)
            var properties = broker.properties(group: "g")
            properties.set("partition.assignment.strategy", strategy)
            var consumer = try Consumer(properties)
            try consumer.subscribe(to: ["events"])
            try eventually("an assignment") {
                _ = consumer.wait(atMost: .milliseconds(100))
                guard case .assigned(let partitions, _) = consumer.poll() else { return false }
                try consumer.assign(partitions.map { PartitionStart($0) })
                return true
            }
            try broker.takeDown()
            let start = ContinuousClock.now
            consumer.close(within: .seconds(1))
            #expect(ContinuousClock.now - start < .seconds(60))
        }
    }

    /// A producer that is dropped with records outstanding does not wait for an absent broker.
    @Test func droppingAProducerEnds() throws {
        let broker = try EmbeddedBroker()
        try broker.createTopic("out", partitions: 1)
        let start = ContinuousClock.now
        do {
            var producer = try Producer(broker.properties)
            let topic = try producer.topic("out")
            try producer.send(Record(value: "a"), to: topic, .partition(0))
            _ = producer.flush(within: .seconds(60))
            try broker.takeDown()
            for _ in 0..<100 { try producer.send(Record(value: "b"), to: topic, .partition(0)) }
        }
        #expect(ContinuousClock.now - start < .seconds(60))
    }

    @Test func anUnknownTopicIsTold() throws {
        let broker = try EmbeddedBroker()
        var properties = broker.properties(group: "g")
        properties.set("allow.auto.create.topics", "false")
        var consumer = try Consumer(properties)
        broker.fail(topic: "nowhere", with: .unknownTopicOrPartition)
        try consumer.subscribe(to: ["nowhere"])
        try eventually("the error") {
            _ = consumer.wait(atMost: .milliseconds(100))
            guard case .error(let error) = consumer.poll() else { return false }
            return error.code == .unknownTopicOrPartition && error.message.contains("nowhere")
        }
    }
}
