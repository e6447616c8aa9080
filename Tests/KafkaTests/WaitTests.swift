import Kafka
import Testing

/// No wait may run into its timeout while there is something to take.
@Suite struct WaitTests {
    static let patience = Duration.seconds(60)

    @Test func everyRecordEndsAWait() throws {
        let broker = try EmbeddedBroker()
        try broker.createTopic("events", partitions: 3)
        var producer = try Producer(broker.properties)
        let topic = try producer.topic("events")
        var consumer = try Consumer(broker.properties(group: "g"))
        let lanes = try consumer.readAll(of: "events", partitions: 3)
        for i in 0..<300 {
            try producer.send(Record(value: "\(i)"), to: topic, .partition(i % 3))
            try eventually("record \(i)") {
                let wasWoken = consumer.wait(atMost: Self.patience)
                #expect(wasWoken)
                while consumer.poll() != nil {}
                for lane in lanes { lane.take() }
                return lanes.map(\.records.count).reduce(0, +) == i + 1
            }
        }
    }

    /// A worker that holds back one partition's full batch is still woken by another partition.
    @Test func aFullQueueDoesNotHideAnother() throws {
        let broker = try EmbeddedBroker()
        try broker.createTopic("events", partitions: 2)
        try broker.fill("events", partition: 0, with: (0..<50).map { Record(value: "\($0)") })
        var consumer = try Consumer(broker.properties(group: "g"))
        let lanes = try consumer.readAll(of: "events", partitions: 2)
        var held = MessageBatch(capacity: 5)
        try eventually("a full batch of partition 0") {
            _ = consumer.wait(atMost: Self.patience)
            lanes[1].take()
            return lanes[0].queue.refill(&held) == 5
        }
        for round in 1...20 {
            try broker.fill("events", partition: 1, with: [Record(value: "\(round)")])
            try eventually("record \(round) of partition 1") {
                let wasWoken = consumer.wait(atMost: Self.patience)
                #expect(wasWoken)
                lanes[1].take()
                return lanes[1].records.count == round
            }
        }
        #expect(held.count == 5)
    }

    @Test func deliveriesEndTheConsumersWait() throws {
        let broker = try EmbeddedBroker()
        try broker.createTopic("out", partitions: 1)
        let consumer = try Consumer(broker.properties(group: "g"))
        var producer = try Producer(broker.properties, waking: consumer.waker)
        let topic = try producer.topic("out")
        for i in 0..<100 {
            try producer.send(Record(value: "\(i)"), to: topic, .partition(0))
            let batch = producer.sealBatch()
            try eventually("delivery \(i)") {
                let wasWoken = consumer.wait(atMost: Self.patience)
                #expect(wasWoken)
                while case .settled(let delivery) = producer.poll() {
                    if delivery.batch == batch { return true }
                }
                return false
            }
        }
    }
}
