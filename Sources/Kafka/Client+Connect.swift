internal import CRdKafka

extension Client {
    /// A broker that cannot be reached is asked again at least this often.
    private static let askingSlice = Duration.milliseconds(250)

    /// Waits until a broker answers. Refused credentials end the wait at once, everything else may
    /// pass: a name that does not resolve yet, a broker that is still starting.
    ///
    /// - Parameter nextError: takes the next error event off the client's queue.
    func connect(
        within timeout: Duration, nextError: () -> KafkaError?
    ) throws(KafkaError) {
        let deadline = Deadline(after: timeout)
        var cause: KafkaError?
        while true {
            let answer = askAnyBroker(within: deadline.millis(atMost: Self.askingSlice))
            if answer == RD_KAFKA_RESP_ERR_NO_ERROR { return }
            while let error = nextError() {
                if error.isFatal || error.code.isRefusal { throw error }
                if cause == nil || error.code != .allBrokersDown { cause = error }
            }
            if deadline.hasPassed { break }
        }
        throw KafkaError(
            .brokerTransport, "connect to Kafka",
            message: "no broker answered within \(timeout)"
                + (cause.map { ": \($0.message)" } ?? ""))
    }

    /// Takes events off the client's queue up to the next error.
    func nextError() -> KafkaError? {
        while let event = unsafe rd_kafka_queue_poll(queue, 0) {
            defer { unsafe rd_kafka_event_destroy(event) }
            if unsafe rd_kafka_event_type(event) == RD_KAFKA_EVENT_ERROR {
                return unsafe failure(event, "work with Kafka")
            }
        }
        return nil
    }

    private func askAnyBroker(within millis: Int32) -> rd_kafka_resp_err_t {
        var metadata: UnsafePointer<rd_kafka_metadata>?
        let code = unsafe rd_kafka_metadata(handle, 0, nil, &metadata, max(1, millis))
        if let metadata = unsafe metadata { unsafe rd_kafka_metadata_destroy(metadata) }
        return code
    }
}

extension KafkaError.Code {
    /// The broker was reached and will not have us, now or later.
    fileprivate var isRefusal: Bool {
        switch self {
        case .authentication, .saslAuthenticationFailed, .ssl, .clusterAuthorization: true
        default: false
        }
    }
}
