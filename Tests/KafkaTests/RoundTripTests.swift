import Kafka
import Testing

@Suite struct RoundTripTests {
    @Test func recordsComeBackAsTheyWereSent() throws {
        let broker = try EmbeddedBroker()
        try broker.createTopic("events", partitions: 1)
        var producer = try Producer(broker.properties)
        let topic = try producer.topic("events")
        var sent = [
            Record(key: "k", value: "v"), Record(key: nil, value: "v"),
            Record(key: "", value: ""), Record(key: "k", value: nil),
            Record(key: "ключ", value: "значение", timestampMillis: 1),
        ]
        for record in sent { try producer.send(record, to: topic, .partition(0)) }

        var headers = RecordHeaders()
        unsafe headers.append("model", Array("m1".utf8).span.bytes)
        unsafe headers.append("empty", [UInt8]().span.bytes)
        headers.append("null", nil)
        try unsafe producer.send(
            to: topic, .partition(0), key: nil, value: Array("with headers".utf8).span.bytes,
            timestampMillis: 77, headers: &headers)
        sent.append(
            Record(
                value: "with headers", timestampMillis: 77,
                headers: ["model": "m1", "empty": "", "null": Record.null]))
        let delivery = try producer.settle()
        #expect(delivery.deliveredCount == sent.count && delivery.isComplete)

        var consumer = try Consumer(broker.properties(group: "g"))
        let partition = TopicPartition("events", 0)
        try consumer.assign([PartitionStart(partition, from: .beginning)])
        let lane = Lane(try consumer.queue(of: partition))
        try eventually("the end of the partition") {
            _ = consumer.wait(atMost: .milliseconds(100))
            lane.take()
            return lane.isCaughtUp
        }
        #expect(lane.records == sent)
        #expect(lane.offsets == Array(0..<Int64(sent.count)))
        #expect(lane.position == Int64(sent.count))
    }
}
