/// How a group hands partitions over.
public enum RebalanceProtocol: Sendable, Equatable {
    /// All partitions are taken away and given anew.
    case eager
    /// Only partitions that move are taken away or given.
    case cooperative
}

/// What happened to a consumer, apart from the records of its partitions.
public enum ConsumerEvent: Sendable, Equatable {
    /// The group offers these partitions and waits until `assign` was called, with these or others.
    case assigned([TopicPartition], RebalanceProtocol)
    /// The group takes these partitions back and waits until `unassign` was called. If they are
    /// lost, another member may own them already: commit nothing.
    case revoked([TopicPartition], lost: Bool, RebalanceProtocol)
    /// An asynchronous commit is done, or failed.
    case committed([PartitionOffset], KafkaError?)
    case error(KafkaError)
    /// JSON, every `statistics.interval.ms`.
    case statistics(String)
}
