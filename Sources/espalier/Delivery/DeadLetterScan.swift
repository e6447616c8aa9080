internal import Bytes
internal import Events
internal import Kafka

/// One dead letter, copied: what was turned away, why, and where both stand.
struct DeadLetter {
    var place: PartitionOffset
    var timestampMillis: Int64
    var key: [UInt8]?
    var value: [UInt8]
    var headers: [String: String]

    subscript(header: DeadLetterHeader) -> String? { headers[header.rawValue] }

    var reason: String { self[.reason] ?? "unknown" }

    /// Whether the value was too long to be kept whole.
    var isCut: Bool { self[.length] != nil }

    /// Where the message came from; nil where the header says nothing of use.
    var source: TopicPartition? {
        guard let parts = self[.position]?.split(separator: "/"), parts.count == 3,
            let partition = Int(parts[1])
        else { return nil }
        return TopicPartition(String(parts[0]), partition)
    }
}

/// Reads a dead-letter topic from its beginning to the end that it has now, one letter at a time.
struct DeadLetterScan: ~Copyable {
    private var consumer: Consumer
    private var lanes: [Lane] = []
    private let patience: Duration

    private final class Lane {
        var queue: PartitionQueue
        var batch = MessageBatch(capacity: 256)
        init(_ queue: consuming PartitionQueue) { self.queue = queue }
    }

    private static let waitAtMost = Duration.milliseconds(100)

    init(
        _ topic: String, _ properties: ClientProperties, within patience: Duration
    ) throws(KafkaError) {
        var properties = properties
        properties.setDefault("group.id", "espalier-dead-letters")
        var consumer = try Consumer(properties)
        try consumer.connect(within: patience)
        let count = try consumer.partitionCount(of: topic, within: patience)
        let partitions = (0..<count).map { TopicPartition(topic, $0) }
        try consumer.assign(partitions.map { PartitionStart($0, from: .beginning) })
        for partition in partitions { lanes.append(Lane(try consumer.queue(of: partition))) }
        self.consumer = consumer
        self.patience = patience
    }

    /// Calls `body` with every letter there is.
    mutating func forEach(_ body: (DeadLetter) throws(Failure) -> Void) throws(Failure) {
        var lastFound = ContinuousClock.now
        while !lanes.allSatisfy({ $0.queue.isCaughtUp }) {
            while let event = consumer.poll() {
                if case .error(let error) = event, error.isFatal { throw Failure(error) }
            }
            var found = 0
            for lane in lanes {
                found += lane.queue.refill(&lane.batch)
                for index in 0..<lane.batch.count {
                    try body(Self.letter(lane.queue.partition, lane.batch, index))
                }
            }
            if found > 0 { lastFound = .now } else { _ = consumer.wait(atMost: Self.waitAtMost) }
            guard .now - lastFound < patience else {
                throw Failure(.unavailable, "no answer from the broker within \(patience)")
            }
        }
    }

    private static func letter(
        _ partition: TopicPartition, _ batch: borrowing MessageBatch, _ index: Int
    ) -> DeadLetter {
        let found = batch.headers(index)
        var headers: [String: String] = [:]
        for place in 0..<found.count {
            guard let value = found.value(place) else { continue }
            headers[found.name(place)] = String(decoding: copy(value), as: UTF8.self)
        }
        var key: [UInt8]?
        if let bytes = batch.key(index) { key = copy(bytes) }
        var value: [UInt8] = []
        if let bytes = batch.payload(index) { value = copy(bytes) }
        return DeadLetter(
            place: PartitionOffset(partition, batch.offset(index)),
            timestampMillis: batch.timestampMillis(index) ?? 0, key: key, value: value,
            headers: headers)
    }

    private static func copy(_ bytes: RawSpan) -> [UInt8] {
        unsafe bytes.withUnsafeBytes { unsafe Array($0) }
    }
}
