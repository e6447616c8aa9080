internal import CRdKafka

/// What the cluster says about one topic.
public struct TopicDescription: Sendable, Equatable {
    /// One partition as the cluster has it.
    public struct Partition: Sendable, Equatable {
        public let number: Int
        /// The broker that serves it; nil while there is none.
        public let leader: Int?
        public let replicaCount: Int
        public let inSyncReplicaCount: Int
    }

    public let name: String
    /// In the order of their numbers.
    public let partitions: [Partition]
}

extension Client {
    /// - Throws: `unknownTopicOrPartition` if there is no such topic; `timedOut`;
    ///   `brokerTransport`.
    func describe(
        _ topic: String, within timeout: Duration
    ) throws(KafkaError) -> TopicDescription {
        let operation = "describe topic \(topic)"
        guard let handle = unsafe rd_kafka_topic_new(handle, topic, nil) else {
            throw failure(rd_kafka_last_error(), operation)
        }
        defer { unsafe rd_kafka_topic_destroy(handle) }
        var metadata: UnsafePointer<rd_kafka_metadata>?
        try check(
            unsafe rd_kafka_metadata(self.handle, 0, handle, &metadata, timeout.wholeMillis),
            operation)
        guard let metadata = unsafe metadata else { throw KafkaError(.failed, operation) }
        defer { unsafe rd_kafka_metadata_destroy(metadata) }
        guard unsafe metadata.pointee.topic_cnt > 0, let found = unsafe metadata.pointee.topics
        else { throw KafkaError(.unknownTopicOrPartition, operation) }
        try check(unsafe found.pointee.err, operation)
        return unsafe TopicDescription(found.pointee)
    }
}

extension TopicDescription {
    fileprivate init(_ topic: rd_kafka_metadata_topic) {
        name = unsafe String(cString: topic.topic)
        partitions = unsafe UnsafeBufferPointer(
            start: topic.partitions, count: Int(topic.partition_cnt)
        ).map { unsafe Partition($0) }.sorted { $0.number < $1.number }
    }
}

extension TopicDescription.Partition {
    fileprivate init(_ partition: rd_kafka_metadata_partition) {
        number = unsafe Int(partition.id)
        leader = unsafe partition.leader < 0 ? nil : Int(partition.leader)
        replicaCount = unsafe Int(partition.replica_cnt)
        inSyncReplicaCount = unsafe Int(partition.isr_cnt)
    }
}
