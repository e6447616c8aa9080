import Kafka
import Pipeline
import PipelineFixture
import Testing
import Worker

extension Station {
    /// Inputs, journal and commits, offset for offset, on another cluster, where the group has
    /// never had a member: the embedded broker counts those that left among a group's for ever, and
    /// refuses offsets of anyone else.
    func copyHistory(to other: Station, without left: String? = nil) throws {
        var producer = try Producer(other.properties)
        for topic in [events, labels, journal] where topic != left {
            let target = try producer.topic(topic)
            try forEachRecord(of: topic) { partition, batch, index in
                try producer.send(
                    to: target, .partition(partition), key: batch.key(index),
                    value: batch.payload(index), timestampMillis: batch.timestampMillis(index) ?? 0)
            }
        }
        #expect(producer.flush(within: .seconds(60)) == 0)
        var consumer = try Consumer(other.single.consumer)
        try consumer.connect(within: .seconds(60))
        let offsets = try committed().map { PartitionOffset($0, $1) }
        try consumer.commit(offsets, within: .seconds(60))
    }

    /// Calls `body` with each record that a topic holds: its partition, its batch, its place there.
    func forEachRecord(
        of topic: String, _ body: (Int, borrowing MessageBatch, Int) throws -> Void
    ) throws {
        var properties = properties
        properties.set("group.id", "reader")
        var consumer = try Consumer(properties)
        try consumer.connect(within: .seconds(60))
        let count = try consumer.partitionCount(of: topic, within: .seconds(60))
        let partitions = (0..<count).map { TopicPartition(topic, $0) }
        try consumer.assign(partitions.map { PartitionStart($0, from: .beginning) })
        var batch = MessageBatch(capacity: 500)
        for partition in partitions {
            var queue = try consumer.queue(of: partition)
            try eventually("the end of \(partition)") {
                while consumer.poll() != nil {}
                while queue.refill(&batch) > 0 {
                    for index in 0..<batch.count { try body(partition.partition, batch, index) }
                }
                return queue.isCaughtUp
            }
        }
    }
}
