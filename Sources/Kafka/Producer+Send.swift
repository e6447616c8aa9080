internal import CRdKafka

extension Producer {
    /// Queues a copy of the record.
    ///
    /// - Parameters:
    ///   - value: nil for a null value (a tombstone).
    ///   - timestampMillis: since the Unix epoch; 0 stands for now.
    /// - Throws: `queueFull` when `queue.buffering.max.messages` are outstanding: poll, wait, send
    ///   again. `messageTooLarge`, or `unknownPartition` if the topic is known not to have it.
    public mutating func send(
        to topic: TopicHandle, _ partitioning: Partitioning = .byKey,
        key: RawSpan?, value: RawSpan?, timestampMillis: Int64
    ) throws(KafkaError) {
        var none = RecordHeaders()
        try send(
            to: topic, partitioning, key: key, value: value, timestampMillis: timestampMillis,
            headers: &none)
    }

    /// Queues a copy of the record with its headers, which it keeps unless it fails.
    ///
    /// The library keeps headers as a list of objects: having any costs about half as much again as
    /// the record itself, each further one little (measured with `KafkaOverhead`).
    public mutating func send(
        to topic: TopicHandle, _ partitioning: Partitioning = .byKey,
        key: RawSpan?, value: RawSpan?, timestampMillis: Int64,
        headers: inout RecordHeaders
    ) throws(KafkaError) {
        let partition: Int32 =
            switch partitioning {
            case .byKey: RD_KAFKA_PARTITION_UA
            case .partition(let number): Int32(clamping: number)
            }
        let code = unsafe withBytes(of: key) { keyBytes in
            unsafe withBytes(of: value) { valueBytes in
                unsafe headers.send { list in
                    unsafe crdkafka_send(
                        client.handle, topics[topic.index].handle, partition, keyBytes.baseAddress,
                        keyBytes.count, valueBytes.baseAddress, valueBytes.count, timestampMillis,
                        UInt(ledger.openBatch.rawValue), list)
                }
            }
        }
        guard code == RD_KAFKA_RESP_ERR_NO_ERROR else { throw sendFailure(code, topic) }
        ledger.noteSent()
    }

    private func sendFailure(_ code: rd_kafka_resp_err_t, _ topic: TopicHandle) -> KafkaError {
        client.failure(code, "send to \(topics[topic.index].name)")
    }

    /// Lends the bytes to C: null for nil, and never null for empty ones.
    @inline(__always)
    private func withBytes(
        of span: RawSpan?,
        _ body: (UnsafeRawBufferPointer) -> rd_kafka_resp_err_t
    ) -> rd_kafka_resp_err_t {
        guard let span else { return unsafe body(UnsafeRawBufferPointer(start: nil, count: 0)) }
        return unsafe span.withUnsafeBytes { bytes in
            guard unsafe bytes.isEmpty else { return unsafe body(bytes) }
            return unsafe body(UnsafeRawBufferPointer(start: UnsafeRawPointer(reports), count: 0))
        }
    }
}
