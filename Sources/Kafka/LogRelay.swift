internal import CRdKafka

/// The object that librdkafka's log callback finds behind its opaque pointer.
final class LogRelay: Sendable {
    private let sink: LogSink
    private let redactor: Redactor

    init(_ sink: @escaping LogSink, redactor: Redactor) {
        self.sink = sink
        self.redactor = redactor
    }

    private func receive(_ line: LogLine) { sink(line) }

    static let callback:
        @convention(c) (
            OpaquePointer?, Int32, UnsafePointer<CChar>?, UnsafePointer<CChar>?
        ) -> Void = { instance, severity, facility, text in
            guard let instance = unsafe instance, let facility = unsafe facility,
                let text = unsafe text, let opaque = unsafe rd_kafka_opaque(instance)
            else { return }
            let relay = unsafe Unmanaged<LogRelay>.fromOpaque(opaque).takeUnretainedValue()
            relay.receive(
                LogLine(
                    severity: Int(severity), facility: unsafe String(cString: facility),
                    text: relay.redactor.scrub(unsafe String(cString: text))))
        }
}
