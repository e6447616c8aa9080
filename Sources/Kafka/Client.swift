internal import CRdKafka

/// Owns one librdkafka instance: the part that consumer, producer and admin have in common.
///
/// A class, because queues and batches keep the instance alive as long as they live, so that the
/// instance always goes last; and because the library's log callback needs an address that stays.
@safe final class Client {
    enum Kind { case consumer, producer }

    let handle: OpaquePointer
    let redactor: Redactor
    /// Where consumer and producer put everything that is not a record of a partition.
    let queue: OpaquePointer
    let wakeSignal: WakeSignal
    private let logRelay: LogRelay
    /// Set where giving the instance back may never return.
    var mayHang = false

    /// - Parameter events: librdkafka's event kinds that the owner serves from `queue`.
    init(
        _ kind: Kind, _ properties: ClientProperties, events: Int32, log: @escaping LogSink,
        wakeSignal: WakeSignal? = nil
    ) throws(KafkaError) {
        var properties = properties
        // Small messages wait for no acknowledgement of earlier ones: Nagle's algorithm together
        // with delayed acknowledgements costs 40 ms now and then.
        properties.setDefault("socket.nagle.disable", "true")
        let resolved = try properties.resolved()
        redactor = resolved.redactor
        logRelay = LogRelay(log, redactor: redactor)
        self.wakeSignal = if let wakeSignal { wakeSignal } else { try WakeSignal() }
        let configuration = try Configuration(resolved, for: kind)
        configuration.receive(events: events, log: logRelay)
        unsafe handle = try configuration.makeInstance(kind, redactor)
        if kind == .consumer { unsafe rd_kafka_poll_set_consumer(handle) }
        unsafe queue =
            kind == .consumer
            ? rd_kafka_queue_get_consumer(handle) : rd_kafka_queue_get_main(handle)
        unsafe self.wakeSignal.watch(queue)
    }

    deinit {
        let remains = unsafe Remains(
            handle: handle, queue: queue, logRelay: logRelay, wakeSignal: wakeSignal)
        if mayHang { remains.destroyOnAnotherThread() } else { remains.destroy() }
    }

    /// Keeps the instance until the process ends, where giving it back would crash or hang.
    func abandon() { unsafe _ = Unmanaged.passRetained(self) }

    /// An error in this client's words: secrets removed, fatal ones named.
    func failure(
        _ code: rd_kafka_resp_err_t, _ operation: String, message: String? = nil
    ) -> KafkaError {
        if code == RD_KAFKA_RESP_ERR__FATAL, let fatal = fatalCause(operation) { return fatal }
        return KafkaError(.init(code), operation, message: message.map(redactor.scrub))
    }

    /// Throws if `code` is not success.
    func check(
        _ code: rd_kafka_resp_err_t, _ operation: @autoclosure () -> String
    ) throws(KafkaError) {
        if code != RD_KAFKA_RESP_ERR_NO_ERROR { throw failure(code, operation()) }
    }

    /// Throws if the library returned an error object, and gives it back.
    func check(
        _ error: OpaquePointer?, _ operation: @autoclosure () -> String
    ) throws(KafkaError) {
        guard let error = unsafe error else { return }
        defer { unsafe rd_kafka_error_destroy(error) }
        throw KafkaError(
            unsafe .init(rd_kafka_error_code(error)), operation(),
            message: redactor.scrub(unsafe String(cString: rd_kafka_error_string(error))),
            isFatal: unsafe rd_kafka_error_is_fatal(error) != 0,
            isRetriable: unsafe rd_kafka_error_is_retriable(error) != 0,
            requiresAbort: unsafe rd_kafka_error_txn_requires_abort(error) != 0)
    }

    /// What made this instance useless, if anything did.
    private func fatalCause(_ operation: String) -> KafkaError? {
        let (code, text) = unsafe withErrorText { unsafe rd_kafka_fatal_error(handle, $0, $1) }
        guard code != RD_KAFKA_RESP_ERR_NO_ERROR else { return nil }
        return KafkaError(.init(code), operation, message: redactor.scrub(text), isFatal: true)
    }
}

extension WakeSignal {
    /// Raises this signal whenever the queue goes from empty to not empty.
    func watch(_ queue: OpaquePointer) {
        var payload = Self.payload
        unsafe rd_kafka_queue_io_event_enable(
            queue, descriptor, &payload, MemoryLayout<UInt64>.size)
    }
}

/// Runs a call that writes an error text of at most 511 bytes.
func withErrorText<Result>(
    _ body: (UnsafeMutablePointer<CChar>, Int) -> Result
) -> (result: Result, text: String) {
    unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { buffer in
        unsafe buffer.initialize(repeating: 0)
        let result = unsafe body(buffer.baseAddress!, buffer.count)
        return unsafe (result, String(cString: buffer.baseAddress!))
    }
}
