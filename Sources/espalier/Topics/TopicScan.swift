internal import Bytes
internal import Kafka

/// Reads a topic, from its beginning or only the newest of it, to the end that it has now, record
/// by record; no member of a group.
struct TopicScan: ~Copyable {
    private var consumer: Consumer
    private var lanes: [Lane] = []
    private let patience: Duration
    /// The offsets that the topic held when the scan began.
    let held: [TopicPartition: Range<Int64>]

    private final class Lane {
        var queue: PartitionQueue
        var batch = MessageBatch(capacity: 256)
        init(_ queue: consuming PartitionQueue) { self.queue = queue }
    }

    private static let waitAtMost = Duration.milliseconds(100)

    /// - Parameter newest: offsets of each partition, back from its end, that are read; nil for
    ///   all.
    init(
        _ topic: String, _ properties: ClientProperties, within patience: Duration,
        newest: Int64? = nil
    ) throws(KafkaError) {
        var properties = properties
        properties.setDefault("group.id", "espalier-scan")
        var consumer = try Consumer(properties)
        try consumer.connect(within: patience)
        let count = try consumer.partitionCount(of: topic, within: patience)
        let partitions = (0..<count).map { TopicPartition(topic, $0) }
        var held: [TopicPartition: Range<Int64>] = [:]
        for partition in partitions {
            held[partition] = try consumer.watermarks(of: partition, within: patience)
        }
        try consumer.assign(
            partitions.map { partition in
                guard let newest, let range = held[partition] else {
                    return PartitionStart(partition, from: .beginning)
                }
                let first = max(range.lowerBound, range.upperBound - newest)
                return PartitionStart(partition, from: .offset(first))
            })
        for partition in partitions { lanes.append(Lane(try consumer.queue(of: partition))) }
        self.consumer = consumer
        self.held = held
        self.patience = patience
    }

    /// Calls `body` with every record there is: its partition, its batch and its place there.
    mutating func forEach(
        _ body: (TopicPartition, borrowing MessageBatch, Int) throws(Failure) -> Void
    ) throws(Failure) {
        try read(body) { $0.queue.isCaughtUp }
    }

    /// Reads on: the same with what has come since, to the end that the topic has now.
    mutating func forEachNew(
        _ body: (TopicPartition, borrowing MessageBatch, Int) throws(Failure) -> Void
    ) throws(Failure) {
        var ends: [TopicPartition: Int64] = [:]
        for lane in lanes {
            let partition = lane.queue.partition
            do throws(KafkaError) {
                ends[partition] = try consumer.watermarks(of: partition, within: patience)
                    .upperBound
            } catch { throw Failure(error) }
        }
        try read(body) { $0.queue.position ?? 0 >= ends[$0.queue.partition] ?? 0 }
    }

    private mutating func read(
        _ body: (TopicPartition, borrowing MessageBatch, Int) throws(Failure) -> Void,
        until isDone: (Lane) -> Bool
    ) throws(Failure) {
        var lastFound = ContinuousClock.now
        var lastError: KafkaError?
        while !lanes.allSatisfy(isDone) {
            while let event = consumer.poll() {
                guard case .error(let error) = event else { continue }
                if error.isFatal { throw Failure(error) }
                lastError = error
            }
            var found = 0
            for lane in lanes {
                found += lane.queue.refill(&lane.batch)
                lastError = lane.queue.takeError() ?? lastError
                for index in 0..<lane.batch.count {
                    try body(lane.queue.partition, lane.batch, index)
                }
            }
            if found > 0 { lastFound = .now } else { _ = consumer.wait(atMost: Self.waitAtMost) }
            guard .now - lastFound < patience else {
                if let lastError { throw Failure(lastError) }
                throw Failure(.unavailable, "no answer from the broker within \(patience)")
            }
        }
    }
}
