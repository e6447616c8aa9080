internal import CRdKafka

/// What went wrong between us and a Kafka cluster, and what the user can do about it.
///
/// Texts are already free of secrets: they are redacted where the error is made.
public struct KafkaError: Error, Hashable, Sendable {
    public let code: Code
    /// What was tried, as a phrase: "commit offsets".
    public let operation: String
    /// What was found, in librdkafka's or our words.
    public let message: String
    /// The client can do nothing more and must be made anew.
    public let isFatal: Bool
    /// The same call may succeed later.
    public let isRetriable: Bool
    /// The open transaction can only be aborted; then a new one may begin.
    public let requiresAbort: Bool

    init(
        _ code: Code, _ operation: String, message: String? = nil, isFatal: Bool = false,
        isRetriable: Bool? = nil, requiresAbort: Bool = false
    ) {
        self.code = code
        self.operation = operation
        self.message = message ?? code.meaning
        self.isFatal = isFatal || code.isAlwaysFatal
        self.isRetriable = !self.isFatal && (isRetriable ?? code.isUsuallyRetriable)
        self.requiresAbort = requiresAbort
    }

    /// What a caller's own wait gave up on.
    public init(timedOut operation: String, within timeout: Duration) {
        self.init(.timedOut, operation, message: "no answer within \(timeout)")
    }

    /// librdkafka's name of the code: `_TRANSPORT`, `MSG_SIZE_TOO_LARGE`.
    public var name: String { code.name }
}

extension KafkaError: CustomStringConvertible {
    /// `cannot commit offsets: Broker: Unknown member (UNKNOWN_MEMBER_ID). <advice>`
    public var description: String {
        let fatal = isFatal ? ", fatal" : ""
        let ending = advice.map { " \($0)" } ?? ""
        return "cannot \(operation): \(message) (\(name)\(fatal)).\(ending)"
    }
}
