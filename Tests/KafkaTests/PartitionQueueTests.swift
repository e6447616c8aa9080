import Foundation
import Kafka
import Testing

@Suite struct PartitionQueueTests {
    static let partitionCount = 4
    static let perPartition = 30_000

    /// 120,000 records: each arrives once, in order, in its own partition's queue.
    @Test func queuesKeepPartitionsApart() throws {
        let broker = try EmbeddedBroker()
        try broker.createTopic("events", partitions: Self.partitionCount)
        var producer = try Producer(broker.properties)
        let topic = try producer.topic("events")
        for i in 0..<Self.perPartition {
            for p in 0..<Self.partitionCount {
                try producer.send(
                    Record(key: "p\(p)", value: "\(i)", timestampMillis: Int64(i + 1)), to: topic,
                    .partition(p))
            }
        }
        #expect(try producer.settle().deliveredCount == Self.perPartition * Self.partitionCount)

        var consumer = try Consumer(broker.properties(group: "g"))
        let lanes = try consumer.readAll(of: "events", partitions: Self.partitionCount)
        try eventually("the end of all partitions") {
            _ = consumer.wait(atMost: .milliseconds(100))
            if let event = consumer.poll() { Issue.record("unexpected \(event)") }
            for lane in lanes { lane.take() }
            return lanes.allSatisfy(\.isCaughtUp)
        }
        for (p, lane) in lanes.enumerated() {
            #expect(lane.offsets == Array(0..<Int64(Self.perPartition)))
            #expect(lane.records.allSatisfy { $0.key == "p\(p)" })
            #expect(lane.records.map(\.value) == (0..<Self.perPartition).map { "\($0)" })
        }
    }

    /// A batch takes no more than its capacity, and the queue keeps the rest.
    @Test func aFullBatchLeavesTheRest() throws {
        let broker = try EmbeddedBroker()
        try broker.createTopic("events", partitions: 1)
        try broker.fill("events", partition: 0, with: (0..<10).map { Record(value: "\($0)") })
        var consumer = try Consumer(broker.properties(group: "g"))
        let lane = try consumer.readAll(of: "events", partitions: 1)[0]
        var batch = MessageBatch(capacity: 3)
        var found: [String?] = []
        try eventually("the end") {
            _ = lane.queue.refill(&batch)
            for i in 0..<batch.count { found.append(Record(batch, i).value) }
            #expect(batch.count <= 3)
            if batch.isEmpty { _ = consumer.wait(atMost: .milliseconds(100)) }
            return lane.isCaughtUp
        }
        #expect(found == (0..<10).map { "\($0)" })
    }

    /// Caught up means at the end as last seen: false again when more arrives.
    @Test func theEndMoves() throws {
        let broker = try EmbeddedBroker()
        try broker.createTopic("events", partitions: 1)
        var consumer = try Consumer(broker.properties(group: "g"))
        let lane = try consumer.readAll(of: "events", partitions: 1)[0]
        #expect(!lane.isCaughtUp)
        for round in 1...3 {
            try broker.fill("events", partition: 0, with: [Record(value: "\(round)")])
            try eventually("record \(round) and the end after it") {
                _ = consumer.wait(atMost: .milliseconds(100))
                lane.take()
                return lane.records.count == round && lane.isCaughtUp
            }
            #expect(lane.position == Int64(round))
        }
    }

    /// Batches and queues outlive the consumer that gave them.
    @Test func recordsOutliveTheirConsumer() throws {
        let broker = try EmbeddedBroker()
        try broker.createTopic("events", partitions: 1)
        try broker.fill("events", partition: 0, with: [Record(key: "k", value: "still here")])
        var lane: Lane?
        do {
            var consumer = try Consumer(broker.properties(group: "g"))
            lane = try consumer.readAll(of: "events", partitions: 1)[0]
            try eventually("a record") {
                _ = consumer.wait(atMost: .milliseconds(100))
                return lane!.queue.refill(&lane!.batch) > 0
            }
        }
        let last = try #require(lane)
        lane = nil
        let record = Record(last.batch, 0)
        #expect(record.value == "still here")
    }

    @Test func pauseStopsAndResumeGoesOnWithoutLoss() throws {
        let broker = try EmbeddedBroker()
        try broker.createTopic("events", partitions: 2)
        var consumer = try Consumer(broker.properties(group: "g"))
        let lanes = try consumer.readAll(of: "events", partitions: 2)
        try consumer.pause([TopicPartition("events", 0)])
        for p in 0..<2 {
            try broker.fill("events", partition: p, with: (0..<100).map { Record(value: "\($0)") })
        }
        try eventually("the records of the partition that is not paused") {
            _ = consumer.wait(atMost: .milliseconds(100))
            for lane in lanes { lane.take() }
            return lanes[1].records.count == 100 && lanes[1].isCaughtUp
        }
        #expect(lanes[0].records.isEmpty)
        try consumer.resume([TopicPartition("events", 0)])
        try eventually("the records of the paused partition") {
            _ = consumer.wait(atMost: .milliseconds(100))
            lanes[0].take()
            return lanes[0].records.count == 100
        }
        #expect(lanes[0].records.map(\.value) == (0..<100).map { "\($0)" })
    }

    /// `wait` is ended by records of any partition and by another thread, not by time.
    @Test func anotherThreadEndsTheWait() throws {
        let broker = try EmbeddedBroker()
        let consumer = try Consumer(broker.properties(group: "g"))
        let waker = consumer.waker
        // A thread of its own: the test library's may all be waiting.
        Thread.detachNewThread { waker.wake() }
        let wasWoken = consumer.wait(atMost: .seconds(60))
        let isStillAwake = consumer.wait(atMost: .zero)
        #expect(wasWoken && !isStillAwake)
    }
}
