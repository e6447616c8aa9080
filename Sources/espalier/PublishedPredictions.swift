internal import JSON
internal import Kafka

/// Predictions as any reader of their topic finds them.
enum PublishedPredictions {
    private static let patience = Duration.seconds(10)
    private static let batchRecords = 1_000

    /// The predictions with the highest scores among those the topic still holds.
    static func highest(
        _ count: Int, of topic: String, _ properties: ClientProperties
    ) throws -> [JSONValue] {
        var properties = properties
        properties.set("group.id", "espalier-demo-reader")
        var consumer = try Consumer(properties)
        try consumer.connect(within: patience)
        let partitions = (0..<(try consumer.partitionCount(of: topic, within: patience))).map {
            TopicPartition(topic, $0)
        }
        try consumer.assign(partitions.map { PartitionStart($0, from: .beginning) })
        var best: [(score: Double, prediction: JSONValue)] = []
        for partition in partitions {
            try read(consumer.queue(of: partition), through: consumer) { prediction in
                guard let score = prediction["score"]?.double else { return }
                best.append((score, prediction))
                best.sort { $0.score > $1.score }
                if best.count > count { best.removeLast() }
            }
        }
        return best.map(\.prediction)
    }

    /// Reads one partition to its end.
    private static func read(
        _ queue: consuming PartitionQueue, through consumer: borrowing Consumer,
        _ body: (JSONValue) -> Void
    ) throws {
        let watch = Stopwatch()
        var batch = MessageBatch(capacity: batchRecords)
        while !queue.isCaughtUp, watch.seconds < patience.seconds {
            if queue.refill(&batch) == 0 { _ = consumer.wait(atMost: .milliseconds(10)) }
            for index in 0..<batch.count {
                guard let payload = batch.payload(index) else { continue }
                body(try JSONValue(parsing: payload))
            }
        }
    }
}
