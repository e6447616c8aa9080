internal import CRdKafka

/// Owns one librdkafka list of (topic, partition, offset).
@safe struct PartitionList: ~Copyable {
    let handle: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>

    init() { unsafe handle = rd_kafka_topic_partition_list_new(0) }

    /// Takes over a list that the library made.
    init(owning handle: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>) {
        unsafe self.handle = handle
    }

    init(_ partitions: some Sequence<TopicPartition>) {
        self.init()
        for partition in partitions { append(partition, offset: Self.noOffset) }
    }

    init(_ offsets: [PartitionOffset]) {
        self.init()
        for offset in offsets { append(offset.partition, offset: offset.offset) }
    }

    init(_ starts: [PartitionStart]) {
        self.init()
        for start in starts { append(start.partition, offset: start.place.libraryOffset) }
    }

    deinit { unsafe rd_kafka_topic_partition_list_destroy(handle) }

    /// librdkafka's "no offset known".
    static var noOffset: Int64 { Int64(RD_KAFKA_OFFSET_INVALID) }

    private func append(_ partition: TopicPartition, offset: Int64) {
        let number = Int32(clamping: partition.partition)
        unsafe rd_kafka_topic_partition_list_add(handle, partition.topic, number)
            .pointee.offset = offset
    }

    var partitions: [TopicPartition] { unsafe Self.partitions(of: handle) }

    /// Those entries that have an offset.
    var offsets: [PartitionOffset] { unsafe Self.offsets(of: handle) }

    /// The first entry's own error, if any has one.
    var firstFailure: (partition: TopicPartition, code: rd_kafka_resp_err_t)? {
        unsafe Self.firstFailure(of: handle)
    }
}

/// Reading lists that the library keeps.
extension PartitionList {
    private typealias Elements = UnsafeBufferPointer<rd_kafka_topic_partition_t>

    static func partitions(
        of list: UnsafePointer<rd_kafka_topic_partition_list_t>?
    ) -> [TopicPartition] {
        unsafe elements(of: list).map { unsafe TopicPartition($0) }
    }

    static func offsets(
        of list: UnsafePointer<rd_kafka_topic_partition_list_t>?
    ) -> [PartitionOffset] {
        unsafe elements(of: list).lazy.filter { unsafe $0.offset >= 0 }
            .map { unsafe PartitionOffset(TopicPartition($0), $0.offset) }
    }

    static func firstFailure(
        of list: UnsafePointer<rd_kafka_topic_partition_list_t>?
    ) -> (partition: TopicPartition, code: rd_kafka_resp_err_t)? {
        unsafe elements(of: list).first { unsafe $0.err != RD_KAFKA_RESP_ERR_NO_ERROR }
            .map { unsafe (TopicPartition($0), $0.err) }
    }

    private static func elements(
        of list: UnsafePointer<rd_kafka_topic_partition_list_t>?
    ) -> Elements {
        guard let list = unsafe list?.pointee else { return unsafe Elements(start: nil, count: 0) }
        return unsafe Elements(start: list.elems, count: Int(list.cnt))
    }
}

extension TopicPartition {
    init(_ element: rd_kafka_topic_partition_t) {
        self.init(unsafe String(cString: element.topic), Int(unsafe element.partition))
    }
}

extension PartitionStart.Place {
    fileprivate var libraryOffset: Int64 {
        switch self {
        case .committed: Int64(RD_KAFKA_OFFSET_STORED)
        case .beginning: Int64(RD_KAFKA_OFFSET_BEGINNING)
        case .end: Int64(RD_KAFKA_OFFSET_END)
        case .offset(let offset): offset
        }
    }
}
