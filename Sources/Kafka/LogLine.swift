/// One line of librdkafka's own log, secrets redacted.
public struct LogLine: Sendable, Equatable, CustomStringConvertible {
    /// As in syslog(3): 0 emergency … 3 error, 4 warning, 6 information, 7 debug.
    public let severity: Int
    /// What part of the library speaks, such as `FAIL` or `REBALANCE`.
    public let facility: String
    public let text: String

    public var description: String { "\(facility): \(text)" }
}

/// Takes the library's log lines. Called on the library's threads, so it must be quick and must not
/// call the client.
public typealias LogSink = @Sendable (LogLine) -> Void
