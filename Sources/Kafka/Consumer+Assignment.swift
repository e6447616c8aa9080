internal import CRdKafka

/// Keeps a partition's queue to itself for as long as it is assigned.
@safe final class HeldQueue {
    let handle: OpaquePointer
    private let client: Client

    /// Cuts the queue off from the consumer's main queue before anything can arrive in it.
    init(_ partition: TopicPartition, of client: Client) throws(KafkaError) {
        let number = Int32(clamping: partition.partition)
        guard
            let queue = unsafe rd_kafka_queue_get_partition(
                client.handle, partition.topic, number)
        else {
            throw KafkaError(.unknownPartition, "open the queue of \(partition)")
        }
        unsafe handle = queue
        self.client = client
        unsafe rd_kafka_queue_forward(queue, nil)
        unsafe client.wakeSignal.watch(queue)
    }

    deinit { unsafe rd_kafka_queue_destroy(handle) }
}

extension Consumer {
    /// Takes over these partitions, whether or not they are those that were offered.
    ///
    /// Answers an `assigned` event. After an eager one, and without a group, they are all that this
    /// consumer reads; after a cooperative one they are added.
    public mutating func assign(_ starts: [PartitionStart]) throws(KafkaError) {
        var queues: [TopicPartition: HeldQueue] = [:]
        for start in starts {
            let partition = start.partition
            if let held = assignment[partition] {
                queues[partition] = held
            } else {
                queues[partition] = try HeldQueue(partition, of: client)
            }
        }
        let list = PartitionList(starts)
        let operation = "take over \(starts.count) partitions"
        switch lastProtocol {
        case .eager:
            try client.check(unsafe rd_kafka_assign(client.handle, list.handle), operation)
            assignment = queues
        case .cooperative:
            let error = unsafe rd_kafka_incremental_assign(client.handle, list.handle)
            try unsafe client.check(error, operation)
            assignment.merge(queues) { old, _ in old }
        }
        wasEverAssigned = true
    }

    /// Gives back these partitions.
    ///
    /// Answers a `revoked` event. After an eager one all partitions are given back, whatever is
    /// named; after a cooperative one those named, which may be more than were asked for.
    public mutating func unassign(_ partitions: [TopicPartition]) throws(KafkaError) {
        let operation = "give back \(partitions.count) partitions"
        switch lastProtocol {
        case .eager:
            try client.check(unsafe rd_kafka_assign(client.handle, nil), operation)
            assignment.removeAll()
        case .cooperative:
            let list = PartitionList(partitions)
            let error = unsafe rd_kafka_incremental_unassign(client.handle, list.handle)
            try unsafe client.check(error, operation)
            for partition in partitions { assignment[partition] = nil }
        }
    }

    /// The partitions this consumer reads now, in the order of their names.
    public var assignedPartitions: [TopicPartition] {
        assignment.keys.sorted { ($0.topic, $0.partition) < ($1.topic, $1.partition) }
    }

    /// The queue of an assigned partition. Take it once; a second one would share its records.
    public func queue(of partition: TopicPartition) throws(KafkaError) -> PartitionQueue {
        guard let held = assignment[partition] else {
            throw KafkaError(
                .state, "open the queue of \(partition)", message: "it is not assigned")
        }
        return PartitionQueue(held, partition, of: client)
    }

    /// Stops fetching these partitions, and drops what was fetched but not yet taken.
    public func pause(_ partitions: [TopicPartition]) throws(KafkaError) {
        let list = PartitionList(partitions)
        try client.check(
            unsafe rd_kafka_pause_partitions(client.handle, list.handle), "pause partitions")
        try checkEach(of: list, "pause")
    }

    /// Goes on where the last record was taken.
    public func resume(_ partitions: [TopicPartition]) throws(KafkaError) {
        let list = PartitionList(partitions)
        try client.check(
            unsafe rd_kafka_resume_partitions(client.handle, list.handle), "resume partitions")
        try checkEach(of: list, "resume")
    }

    private func checkEach(
        of list: borrowing PartitionList, _ verb: String
    ) throws(KafkaError) {
        if let failure = list.firstFailure {
            throw client.failure(failure.code, "\(verb) \(failure.partition)")
        }
    }
}
