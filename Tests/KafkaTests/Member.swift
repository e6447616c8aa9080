import Kafka

/// A member of a group under test: answers its rebalances and reads what it is given.
final class Member {
    private var consumer: Consumer
    private(set) var lanes: [TopicPartition: Lane] = [:]
    private(set) var events: [ConsumerEvent] = []
    /// What to read when these partitions are offered; by default just those, from the committed
    /// offset.
    var answer: ([TopicPartition]) -> [PartitionStart] = { $0.map { PartitionStart($0) } }
    /// For a member that reads more than it was offered, and stops when that is taken away.
    var givesBackAll = false
    /// Runs before partitions are given back.
    var beforeGivingBack: (borrowing Consumer, [TopicPartition]) throws -> Void = { _, _ in }

    init(_ properties: ClientProperties, topics: [String]) throws {
        consumer = try Consumer(properties)
        try consumer.subscribe(to: topics)
    }

    var partitions: Set<TopicPartition> { Set(lanes.keys) }
    var values: [String?] { lanes.values.flatMap { $0.records.map(\.value) } }

    /// Serves one event if there is one, and takes the records that are here.
    func step() throws {
        _ = consumer.wait(atMost: .milliseconds(20))
        while let event = consumer.poll() { try handle(event) }
        for lane in lanes.values { lane.take() }
    }

    private func handle(_ event: ConsumerEvent) throws {
        events.append(event)
        switch event {
        case .assigned(let offered, _):
            let starts = answer(offered)
            try consumer.assign(starts)
            for start in starts {
                lanes[start.partition] = Lane(try consumer.queue(of: start.partition))
            }
        case .revoked(let taken, _, let handover):
            let given = givesBackAll || handover == .eager ? Array(partitions) : taken
            try beforeGivingBack(consumer, given)
            try consumer.unassign(given)
            for partition in given { lanes[partition] = nil }
        default:
            break
        }
    }

    func commitPositions() throws {
        try consumer.commit(lanes.values.compactMap(\.committable), within: .seconds(30))
    }

    func beginCommit(_ offsets: [PartitionOffset]) throws { try consumer.beginCommit(offsets) }

    func committed(_ partition: TopicPartition) throws -> [PartitionOffset] {
        try consumer.committed([partition], within: .seconds(30))
    }

    var lost: [TopicPartition] {
        events.flatMap { event -> [TopicPartition] in
            if case .revoked(let partitions, true, _) = event { return partitions }
            return []
        }
    }
}

extension Lane {
    var committable: PartitionOffset? {
        position.map { PartitionOffset(queue.partition, $0) }
    }
}
