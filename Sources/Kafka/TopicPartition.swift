/// One partition of one topic: the unit of order.
public struct TopicPartition: Hashable, Sendable, CustomStringConvertible {
    public let topic: String
    public let partition: Int

    public init(_ topic: String, _ partition: Int) {
        self.topic = topic
        self.partition = partition
    }

    public var description: String { "\(topic)[\(partition)]" }
}

/// A place in a partition: the offset of the next record to read, which is what Kafka commits.
public struct PartitionOffset: Hashable, Sendable, CustomStringConvertible {
    public let partition: TopicPartition
    public let offset: Int64

    public init(_ partition: TopicPartition, _ offset: Int64) {
        self.partition = partition
        self.offset = offset
    }

    public var description: String { "\(partition)@\(offset)" }
}

/// Where to begin reading a partition.
public struct PartitionStart: Hashable, Sendable {
    /// A place that is known by what it is, or by its offset.
    public enum Place: Hashable, Sendable {
        /// The group's committed offset; `auto.offset.reset` decides where there is none.
        case committed
        case beginning
        case end
        case offset(Int64)

        /// What a value of `auto.offset.reset` stands for; the beginning without one.
        public init(resetPolicy: String?) {
            self =
                switch resetPolicy {
                case "latest", "largest", "end": .end
                default: .beginning
                }
        }
    }

    public let partition: TopicPartition
    public let place: Place

    public init(_ partition: TopicPartition, from place: Place = .committed) {
        self.partition = partition
        self.place = place
    }
}
