internal import CRdKafka

extension Consumer {
    /// Of each partition the first offset whose record is not older than `millis` (since the Unix
    /// epoch); its end where all are. The brokers are asked.
    public func offsets(
        of partitions: [TopicPartition], since millis: Int64, within timeout: Duration
    ) throws(KafkaError) -> [PartitionOffset] {
        let list = PartitionList(partitions.map { PartitionOffset($0, millis) })
        try client.check(
            unsafe rd_kafka_offsets_for_times(client.handle, list.handle, timeout.wholeMillis),
            "look up offsets by time")
        if let failure = list.firstFailure {
            throw client.failure(failure.code, "look up a time in \(failure.partition)")
        }
        let found = Dictionary(
            list.offsets.map { ($0.partition, $0.offset) }, uniquingKeysWith: min)
        var offsets: [PartitionOffset] = []
        for partition in partitions {
            let end = try watermarks(of: partition, within: timeout).upperBound
            offsets.append(PartitionOffset(partition, found[partition] ?? end))
        }
        return offsets
    }
}
