internal import CRdKafka

extension Consumer {
    /// The library's next event in our terms; those that mean nothing to us are passed over.
    func nextLibraryEvent() -> ConsumerEvent? {
        while let event = unsafe rd_kafka_queue_poll(client.queue, 0) {
            defer { unsafe rd_kafka_event_destroy(event) }
            if let translated = unsafe translate(event) { return translated }
        }
        return nil
    }

    private func translate(_ event: OpaquePointer) -> ConsumerEvent? {
        switch unsafe rd_kafka_event_type(event) {
        case RD_KAFKA_EVENT_REBALANCE: unsafe rebalance(event)
        case RD_KAFKA_EVENT_OFFSET_COMMIT: unsafe commitResult(event)
        case RD_KAFKA_EVENT_ERROR: .error(unsafe client.failure(event, "work with Kafka"))
        case RD_KAFKA_EVENT_FETCH: unsafe partitionError(event)
        case RD_KAFKA_EVENT_STATS:
            .statistics(unsafe String(cString: rd_kafka_event_stats(event)))
        default: nil
        }
    }

    private func rebalance(_ event: OpaquePointer) -> ConsumerEvent? {
        let partitions = unsafe PartitionList.partitions(
            of: rd_kafka_event_topic_partition_list(event))
        let handover = client.rebalanceProtocol ?? .eager
        if unsafe rd_kafka_event_error(event) == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS {
            return .assigned(partitions, handover)
        }
        let isLost = unsafe rd_kafka_assignment_lost(client.handle) != 0
        return .revoked(partitions, lost: isLost, handover)
    }

    private func commitResult(_ event: OpaquePointer) -> ConsumerEvent {
        let list = unsafe rd_kafka_event_topic_partition_list(event)
        return unsafe .committed(
            PartitionList.offsets(of: list),
            client.commitFailure(rd_kafka_event_error(event), list))
    }

    /// Errors of partitions that have no queue yet, such as a topic that does not exist.
    private func partitionError(_ event: OpaquePointer) -> ConsumerEvent? {
        guard let message = unsafe rd_kafka_event_message_next(event)?.pointee,
            unsafe message.err != RD_KAFKA_RESP_ERR_NO_ERROR,
            unsafe message.err != RD_KAFKA_RESP_ERR__PARTITION_EOF
        else { return nil }
        return .error(unsafe client.failure(message))
    }
}

extension Client {
    /// Nil until the group has chosen.
    var rebalanceProtocol: RebalanceProtocol? {
        guard let name = unsafe rd_kafka_rebalance_protocol(handle) else { return nil }
        return switch unsafe String(cString: name) {
        case "COOPERATIVE": .cooperative
        case "EAGER": .eager
        default: nil
        }
    }

    /// The error of an event. Only error events say whether they are fatal; asked of others, the
    /// library answers with whatever stands in that place.
    func failure(_ event: OpaquePointer, _ operation: String) -> KafkaError {
        let code = unsafe rd_kafka_event_error(event)
        let text = unsafe rd_kafka_event_error_string(event).map { unsafe String(cString: $0) }
        let isFatal =
            unsafe rd_kafka_event_type(event) == RD_KAFKA_EVENT_ERROR
            && rd_kafka_event_error_is_fatal(event) != 0
        return KafkaError(
            .init(code), operation, message: text.map(redactor.scrub), isFatal: isFatal)
    }

    /// The error that came in a record's place.
    func failure(_ message: rd_kafka_message_t) -> KafkaError {
        let topic = unsafe message.rkt.map { unsafe String(cString: rd_kafka_topic_name($0)) }
        let place = topic.map { " \(TopicPartition($0, Int(unsafe message.partition)))" } ?? ""
        let text = unsafe message.payload.map {
            unsafe String(
                decoding: UnsafeRawBufferPointer(start: $0, count: message.len), as: UTF8.self)
        }
        return failure(unsafe message.err, "read\(place)", message: text)
    }

    /// Nothing to commit is no failure.
    func commitFailure(
        _ code: rd_kafka_resp_err_t, _ list: UnsafePointer<rd_kafka_topic_partition_list_t>?
    ) -> KafkaError? {
        if code != RD_KAFKA_RESP_ERR_NO_ERROR, code != RD_KAFKA_RESP_ERR__NO_OFFSET {
            return failure(code, "commit offsets")
        }
        return unsafe PartitionList.firstFailure(of: list).map {
            failure($0.code, "commit the offset of \($0.partition)")
        }
    }
}
