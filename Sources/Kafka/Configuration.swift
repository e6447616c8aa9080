internal import CRdKafka

/// Owns one librdkafka configuration until an instance takes it over.
@safe struct Configuration: ~Copyable {
    private let handle: OpaquePointer

    /// Leaves out properties that concern only the other kind of client, so that one set of
    /// properties serves both.
    init(_ properties: ResolvedProperties, for kind: Client.Kind) throws(KafkaError) {
        unsafe handle = rd_kafka_conf_new()
        for (name, value) in properties.pairs where try Self.concerns(kind, name) {
            try set(name, value, properties.redactor)
        }
    }

    deinit { unsafe rd_kafka_conf_destroy(handle) }

    private static func concerns(_ kind: Client.Kind, _ name: String) throws(KafkaError) -> Bool {
        switch PropertyCatalogue.audiences[name] {
        case .both: return true
        case .consumer: return kind == .consumer
        case .producer: return kind == .producer
        case nil:
            let hint = PropertyCatalogue.suggestion(for: name).map { "; did you mean \"\($0)\"?" }
            throw KafkaError(
                .unknownProperty, "set property \(name)",
                message: "unknown property \"\(name)\"\(hint ?? "")")
        }
    }

    private func set(
        _ name: String, _ value: String, _ redactor: Redactor
    ) throws(KafkaError) {
        let (result, text) = unsafe withErrorText {
            unsafe rd_kafka_conf_set(handle, name, value, $0, $1)
        }
        guard result == RD_KAFKA_CONF_OK else {
            throw KafkaError(
                .invalidArgument, "set property \(name)", message: redactor.scrub(text))
        }
    }

    func receive(events: Int32, log: LogRelay) {
        unsafe rd_kafka_conf_set_events(handle, events)
        unsafe rd_kafka_conf_set_log_cb(handle, LogRelay.callback)
        unsafe rd_kafka_conf_set_opaque(handle, Unmanaged.passUnretained(log).toOpaque())
    }

    consuming func makeInstance(
        _ kind: Client.Kind, _ redactor: Redactor
    ) throws(KafkaError) -> OpaquePointer {
        let type = kind == .consumer ? RD_KAFKA_CONSUMER : RD_KAFKA_PRODUCER
        let (instance, text) = unsafe withErrorText { unsafe rd_kafka_new(type, handle, $0, $1) }
        guard let instance = unsafe instance else {
            _ = consume self
            throw KafkaError(
                .init(rd_kafka_last_error()), "create a \(kind)",
                message: redactor.scrub(text))
        }
        discard self
        return unsafe instance
    }
}
