import Kafka
import Testing

@Suite struct TransactionTests {
    static let patience = Duration.seconds(60)

    static func producer(_ broker: borrowing EmbeddedBroker) throws -> Producer {
        var properties = broker.properties
        properties.set("transactional.id", "worker-1")
        return try Producer(properties)
    }

    /// The embedded broker takes a transaction's offsets but does not keep them, so they are not
    /// read back here.
    @Test func recordsAndOffsetsAreCommittedTogether() throws {
        let broker = try EmbeddedBroker()
        try broker.createTopic("in", partitions: 1)
        try broker.createTopic("out", partitions: 1)
        try broker.fill("in", partition: 0, with: (0..<5).map { Record(value: "\($0)") })
        var consumer = try Consumer(broker.properties(group: "g"))
        let lane = try consumer.readAll(of: "in", partitions: 1)[0]
        try eventually("the records") {
            _ = consumer.wait(atMost: .milliseconds(100))
            lane.take()
            return lane.isCaughtUp
        }
        var producer = try Self.producer(broker)
        let topic = try producer.topic("out")
        try producer.initTransactions(within: Self.patience)
        try producer.beginTransaction()
        for record in lane.records { try producer.send(record, to: topic, .partition(0)) }
        let batch = producer.sealBatch()
        try producer.sendOffsets(
            [PartitionOffset(lane.queue.partition, 5)], of: consumer, within: Self.patience)
        try producer.commitTransaction(within: Self.patience)
        let event = producer.poll()
        guard case .settled(let delivery) = event else {
            Issue.record("a committed transaction is delivered, found \(String(describing: event))")
            return
        }
        #expect(delivery.batch == batch && delivery.deliveredCount == 5 && delivery.isComplete)
    }

    @Test func anAbortableErrorIsToldAndTheNextTransactionWorks() throws {
        let broker = try EmbeddedBroker()
        try broker.createTopic("out", partitions: 1)
        var producer = try Self.producer(broker)
        let topic = try producer.topic("out")
        try producer.initTransactions(within: Self.patience)
        try producer.beginTransaction()
        broker.fail(.addPartitionsToTransaction, with: [.topicAuthorization])
        try producer.send(Record(value: "lost"), to: topic, .partition(0))
        let error = #expect(throws: KafkaError.self) {
            try producer.commitTransaction(within: Self.patience)
        }
        #expect(error?.requiresAbort == true && error?.isFatal == false)
        try producer.abortTransaction(within: Self.patience)
        let lost = try producer.settle()
        #expect(lost.failedCount == 1 && lost.deliveredCount == 0)
        try producer.beginTransaction()
        var sent = false
        try eventually("the topic's acceptance") {
            sent = (try? producer.send(Record(value: "kept"), to: topic, .partition(0))) != nil
            return sent
        }
        try producer.commitTransaction(within: Self.patience)
        #expect(try producer.settle().deliveredCount == 1)
    }

    @Test func aFencedProducerIsDead() throws {
        let broker = try EmbeddedBroker()
        try broker.createTopic("out", partitions: 1)
        var producer = try Self.producer(broker)
        let topic = try producer.topic("out")
        try producer.initTransactions(within: Self.patience)
        try producer.beginTransaction()
        try producer.send(Record(value: "a"), to: topic, .partition(0))
        broker.fail(.endTransaction, with: [.invalidProducerEpoch])
        let error = #expect(throws: KafkaError.self) {
            try producer.commitTransaction(within: Self.patience)
        }
        #expect(error?.isFatal == true && error?.isRetriable == false)
        #expect(error?.advice?.contains("Another instance") == true)
    }

    @Test func withoutAnIdThereAreNone() throws {
        let broker = try EmbeddedBroker()
        var producer = try Producer(broker.properties)
        let error = #expect(throws: KafkaError.self) {
            try producer.initTransactions(within: .seconds(1))
        }
        #expect(error?.isRetriable == false)
    }
}
