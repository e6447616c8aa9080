import Kafka
import Testing

@Suite struct ProducerTests {
    /// Deliveries are told batch by batch, in order, each with its own count.
    @Test func deliveriesAreCountedPerBatch() throws {
        let broker = try EmbeddedBroker()
        try broker.createTopic("out", partitions: 3)
        var producer = try Producer(broker.properties)
        let topic = try producer.topic("out")
        let sizes = [3, 0, 1, 2_500, 7]
        var sealed: [BatchNumber] = []
        for size in sizes {
            for i in 0..<size {
                try producer.send(Record(key: "\(i)", value: "v"), to: topic, .byKey)
            }
            sealed.append(producer.sealBatch())
        }
        var found: [BatchDelivery] = []
        try eventually("the settling of all batches") {
            _ = producer.wait(atMost: .milliseconds(100))
            while case .settled(let delivery) = producer.poll() { found.append(delivery) }
            return found.count == sizes.count
        }
        #expect(found.map(\.batch) == sealed)
        #expect(found.map(\.deliveredCount) == sizes)
        #expect(found.allSatisfy { $0.failedCount == 0 && $0.firstFailure == nil })
        let outstanding = producer.outstanding
        #expect(outstanding == 0)
    }

    /// Equal keys meet in the partition that Java's default partitioner would choose.
    @Test func keysChooseThePartitionAsInJava() throws {
        let broker = try EmbeddedBroker()
        try broker.createTopic("out", partitions: 8)
        var producer = try Producer(broker.properties)
        let topic = try producer.topic("out")
        let keys = (0..<200).map { "customer-\($0 % 50)" }
        for key in keys { try producer.send(Record(key: key, value: key), to: topic, .byKey) }
        #expect(try producer.settle().deliveredCount == keys.count)
        var consumer = try Consumer(broker.properties(group: "g"))
        let lanes = try consumer.readAll(of: "out", partitions: 8)
        try eventually("the end of all partitions") {
            _ = consumer.wait(atMost: .milliseconds(100))
            for lane in lanes { lane.take() }
            return lanes.allSatisfy(\.isCaughtUp)
        }
        for (p, lane) in lanes.enumerated() {
            #expect(lane.records.allSatisfy { javaPartition(of: $0.key ?? "", count: 8) == p })
        }
        #expect(lanes.map(\.records.count).reduce(0, +) == keys.count)
    }

    @Test func aFullQueueIsToldAndPasses() throws {
        let broker = try EmbeddedBroker()
        try broker.createTopic("out", partitions: 1)
        var properties = broker.properties
        properties.set("queue.buffering.max.messages", "10")
        properties.set("linger.ms", "1")
        var producer = try Producer(properties)
        let topic = try producer.topic("out")
        try broker.takeDown()
        var accepted = 0
        let refusal = #expect(throws: KafkaError.self) {
            for i in 0..<100 {
                let value = Array("\(i)".utf8)
                try unsafe producer.send(
                    to: topic, .partition(0), key: nil, value: value.span.bytes,
                    timestampMillis: 1)
                accepted += 1
            }
        }
        #expect(refusal?.code == .queueFull && refusal?.isRetriable == true)
        #expect(accepted == 10)
        try broker.bringUp()
        for i in 10..<100 {
            try producer.send(Record(value: "\(i)"), to: topic, .partition(0))
        }
        #expect(try producer.settle().deliveredCount == 100)
    }

    @Test func failedDeliveriesAreCountedWithTheirReason() throws {
        let broker = try EmbeddedBroker()
        try broker.createTopic("out", partitions: 1)
        var properties = broker.properties
        properties.set("enable.idempotence", "false")
        properties.set("retries", "0")
        var producer = try Producer(properties)
        let topic = try producer.topic("out")
        try producer.send(Record(value: "good"), to: topic, .partition(0))
        #expect(try producer.settle().isComplete)
        let policyViolation = KafkaError.Code(rawValue: 44)
        broker.fail(.produce, with: [policyViolation])
        try producer.send(Record(value: "bad"), to: topic, .partition(0))
        let failed = try producer.settle()
        #expect(failed.failedCount == 1 && failed.deliveredCount == 0)
        #expect(failed.firstFailure?.code == policyViolation)
        #expect(failed.firstFailure?.operation == "deliver to out[0]")
        try producer.send(Record(value: "good again"), to: topic, .partition(0))
        #expect(try producer.settle().isComplete)
    }

    /// Without a batch that the caller ends.
    @Test func whoIsDoneHearsOfAFailure() throws {
        let broker = try EmbeddedBroker()
        try broker.createTopic("out", partitions: 1)
        var producer = try Producer(broker.properties)
        let topic = try producer.topic("out")
        try producer.send(Record(value: "good"), to: topic, .partition(0))
        try producer.settle(within: .seconds(60))
        broker.fail(.produce, with: [.topicAuthorization])
        try producer.send(Record(value: "bad"), to: topic, .partition(0))
        let error = #expect(throws: KafkaError.self) { try producer.settle(within: .seconds(60)) }
        #expect(error?.code == .topicAuthorization)
    }

    /// Errors that pass are retried without loss, doubling or change of order.
    @Test func passingErrorsAreRetried() throws {
        let broker = try EmbeddedBroker()
        try broker.createTopic("out", partitions: 1)
        var producer = try Producer(broker.properties)
        let topic = try producer.topic("out")
        broker.fail(.produce, with: [.notEnoughReplicas, .requestTimedOut, .notEnoughReplicas])
        let sent = (0..<50).map { Record(value: "\($0)") }
        for record in sent { try producer.send(record, to: topic, .partition(0)) }
        #expect(try producer.settle().deliveredCount == 50)
        var consumer = try Consumer(broker.properties(group: "g"))
        let lane = try consumer.readAll(of: "out", partitions: 1)[0]
        try eventually("the end") {
            _ = consumer.wait(atMost: .milliseconds(100))
            lane.take()
            return lane.isCaughtUp
        }
        #expect(lane.records.map(\.value) == sent.map(\.value))
    }

    @Test func flushTellsHowManyRemain() throws {
        let broker = try EmbeddedBroker()
        try broker.createTopic("out", partitions: 1)
        var producer = try Producer(broker.properties)
        let topic = try producer.topic("out")
        try producer.send(Record(value: "a"), to: topic, .partition(0))
        var remaining = producer.flush(within: .seconds(60))
        #expect(remaining == 0)
        try broker.takeDown()
        for _ in 0..<5 { try producer.send(Record(value: "b"), to: topic, .partition(0)) }
        remaining = producer.flush(within: .milliseconds(50))
        #expect(remaining == 5)
        try broker.bringUp()
        remaining = producer.flush(within: .seconds(60))
        #expect(remaining == 0)
        #expect(try producer.settle().deliveredCount == 6)
    }

    @Test func aTooLargeRecordIsRefusedAtOnce() throws {
        let broker = try EmbeddedBroker()
        try broker.createTopic("out", partitions: 1)
        var producer = try Producer(broker.properties)
        let topic = try producer.topic("out")
        let error = #expect(throws: KafkaError.self) {
            try producer.send(
                Record(value: String(repeating: "x", count: 2_000_000)), to: topic, .partition(0))
        }
        #expect(error?.code == .messageTooLarge)
        #expect(error?.advice?.contains("message.max.bytes") == true)
        let outstanding = producer.outstanding
        #expect(outstanding == 0)
    }
}

/// Kafka's `Utils.murmur2` and default partitioner, written from the Java source's definition.
private func javaPartition(of key: String, count: Int) -> Int {
    let bytes = Array(key.utf8)
    let m: UInt32 = 0x5bd1_e995
    var hash = UInt32(0x9747_b28c) ^ UInt32(bytes.count)
    for block in 0..<bytes.count / 4 {
        var k = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[block * 4 + $1]) << UInt32(8 * $1) }
        k = k &* m
        k ^= k >> 24
        hash = (hash &* m) ^ (k &* m)
    }
    let tail = bytes[(bytes.count / 4 * 4)...]
    for (i, byte) in tail.enumerated().reversed() { hash ^= UInt32(byte) << UInt32(8 * i) }
    if !tail.isEmpty { hash = hash &* m }
    hash ^= hash >> 13
    hash = hash &* m
    hash ^= hash >> 15
    return Int(hash & 0x7fff_ffff) % count
}
