internal import CRdKafka

extension Consumer {
    /// Commits and waits for the group coordinator's answer.
    ///
    /// - Throws: `timedOut` if there was none in time (the commit may still happen), or the
    ///   coordinator's refusal, such as `rebalanceInProgress` or `illegalGeneration`.
    public func commit(
        _ offsets: [PartitionOffset], within timeout: Duration
    ) throws(KafkaError) {
        guard let answers = unsafe rd_kafka_queue_new(client.handle) else {
            throw KafkaError(.systemResource, "commit offsets")
        }
        defer { unsafe rd_kafka_queue_destroy(answers) }
        try unsafe requestCommit(offsets, answerTo: answers)
        guard let event = unsafe rd_kafka_queue_poll(answers, timeout.wholeMillis) else {
            throw KafkaError(
                .timedOut, "commit offsets", message: "no answer within \(timeout)")
        }
        defer { unsafe rd_kafka_event_destroy(event) }
        let failure = unsafe client.commitFailure(
            rd_kafka_event_error(event),
            rd_kafka_event_topic_partition_list(event))
        if let failure { throw failure }
    }

    /// Begins to commit; `poll` gives a `committed` event when it is done.
    public func beginCommit(_ offsets: [PartitionOffset]) throws(KafkaError) {
        try unsafe requestCommit(offsets, answerTo: client.queue)
    }

    private func requestCommit(
        _ offsets: [PartitionOffset], answerTo queue: OpaquePointer
    ) throws(KafkaError) {
        let list = PartitionList(offsets)
        try client.check(
            unsafe rd_kafka_commit_queue(client.handle, list.handle, queue, nil, nil),
            "commit offsets")
    }

    /// What the group has committed for these partitions; those without are left out.
    public func committed(
        _ partitions: [TopicPartition], within timeout: Duration
    ) throws(KafkaError) -> [PartitionOffset] {
        let list = PartitionList(partitions)
        try client.check(
            unsafe rd_kafka_committed(client.handle, list.handle, timeout.wholeMillis),
            "ask for committed offsets")
        if let failure = list.firstFailure {
            throw client.failure(
                failure.code, "ask for the committed offset of \(failure.partition)")
        }
        return list.offsets
    }

    /// One past the last record taken from each partition's queue; untouched ones are left out.
    public func positions(of partitions: [TopicPartition]) throws(KafkaError) -> [PartitionOffset] {
        let list = PartitionList(partitions)
        try client.check(unsafe rd_kafka_position(client.handle, list.handle), "ask for positions")
        return list.offsets
    }

    /// The offsets that the partition holds: from the oldest to one past the newest record.
    public func watermarks(
        of partition: TopicPartition, within timeout: Duration
    ) throws(KafkaError) -> Range<Int64> {
        var low: Int64 = 0
        var high: Int64 = 0
        try client.check(
            unsafe rd_kafka_query_watermark_offsets(
                client.handle, partition.topic, Int32(clamping: partition.partition), &low, &high,
                timeout.wholeMillis),
            "ask for the offsets of \(partition)")
        return low..<max(low, high)
    }

    /// How many partitions the topic has.
    public func partitionCount(
        of topic: String, within timeout: Duration
    ) throws(KafkaError) -> Int {
        try client.describe(topic, within: timeout).partitions.count
    }
}
