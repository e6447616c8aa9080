import Foundation
import Kafka
import Synchronization
import Testing

@Suite struct PropertiesTests {
    static func failure(_ properties: ClientProperties) throws -> KafkaError {
        try #require(#expect(throws: KafkaError.self) { _ = try Consumer(properties) })
    }

    static let valid: ClientProperties = [
        "bootstrap.servers": "127.0.0.1:1", "group.id": "g",
    ]

    static func with(_ name: String, _ value: String) -> ClientProperties {
        var properties = valid
        properties.set(name, value)
        return properties
    }

    @Test func anUnknownPropertyIsNamedWithItsNearest() throws {
        let error = try Self.failure(Self.with("sesion.timeout.ms", "6000"))
        #expect(error.code == .unknownProperty)
        #expect(error.message.contains("\"sesion.timeout.ms\""))
        #expect(error.message.contains("did you mean \"session.timeout.ms\"?"))
        let far = try Self.failure(Self.with("value.deserializer", "x"))
        #expect(far.code == .unknownProperty && !far.message.contains("did you mean"))
    }

    @Test func aBadValueIsToldWithItsRange() throws {
        let error = try Self.failure(Self.with("session.timeout.ms", "-5"))
        #expect(error.code == .invalidArgument)
        #expect(error.operation == "set property session.timeout.ms")
        #expect(error.message.contains("range"))
    }

    /// One set of properties serves consumer and producer without a warning.
    @Test func propertiesOfTheOtherClientAreLeftOut() throws {
        let lines = Lines()
        var properties = Self.with("linger.ms", "5")
        properties.set("acks", "all")
        _ = try Consumer(properties, log: lines.append)
        _ = try Producer(properties, log: lines.append)
        #expect(lines.all.allSatisfy { $0.facility != "CONFWARN" })
    }

    @Test func whatTheConsumerDependsOnCannotBeChanged() throws {
        let error = try Self.failure(Self.with("enable.auto.commit", "true"))
        #expect(error.description.contains("enable.auto.commit"))
        _ = try Consumer(Self.with("enable.auto.commit", "false"))
    }

    @Test func referencesAreResolvedLate() throws {
        let path = NSTemporaryDirectory() + "espalier-secret-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let properties = Self.with("client.id", "a-${file:\(path)}-b")
        let missing = try Self.failure(properties)
        #expect(missing.code == .unreadableFile && missing.message.contains(path))
        try Data("late\n".utf8).write(to: URL(filePath: path))
        _ = try Consumer(properties)
        let unset = try Self.failure(Self.with("client.id", "${ESPALIER_SURELY_UNSET}"))
        #expect(unset.message.contains("ESPALIER_SURELY_UNSET is not set"))
        let open = try Self.failure(Self.with("client.id", "${HOME"))
        #expect(open.message.contains("without }"))
    }

    /// Wherever a secret comes from, no text shows it.
    @Test func secretsAreNeverShown() async throws {
        try await onOwnThread {
            let path = NSTemporaryDirectory() + "espalier-secret-\(UUID().uuidString)"
            defer { try? FileManager.default.removeItem(atPath: path) }
            let secret = "hunter2-\(UUID().uuidString)"
            try Data("\(secret)\n".utf8).write(to: URL(filePath: path))
            unsafe setenv("ESPALIER_TEST_SECRET", secret, 1)
            defer { unsafe unsetenv("ESPALIER_TEST_SECRET") }

            var literal = Self.with("sasl.password", secret)
            literal.set("ssl.key.password", secret)
            literal.set("sasl.oauthbearer.client.secret", secret)
            var dumped = ""
            dump(literal, to: &dumped)
            let shown = literal.value(of: "sasl.password") ?? secret
            for text in ["\(literal)", literal.debugDescription, dumped, shown] {
                #expect(!text.contains(secret))
            }
            // A value that the library refuses is quoted in its error, and the error in the log.
            for reference in ["${file:\(path)}", "${ESPALIER_TEST_SECRET}"] {
                let lines = Lines()
                var redactions = 0
                for name in ["linger.ms", "security.protocol", "acks", "debug"] {
                    let properties = Self.with(name, reference)
                    let error = #expect(throws: KafkaError.self) {
                        _ = try Producer(properties, log: lines.append)
                    }
                    #expect(!"\(String(describing: error))".contains(secret))
                    if error?.message.contains("[redacted]") == true { redactions += 1 }
                }
                #expect(redactions > 0)
                var client = try Consumer(
                    Self.with("bootstrap.servers", "\(reference).invalid:9092"), log: lines.append)
                let absent = #expect(throws: KafkaError.self) {
                    try client.connect(within: .seconds(3))
                }
                #expect(!"\(String(describing: absent))".contains(secret))
                #expect(lines.all.contains { $0.text.contains("[redacted]") })
                #expect(lines.all.allSatisfy { !"\($0)".contains(secret) })
            }
        }
    }
}

/// Log lines of a client, kept for a test.
final class Lines: Sendable {
    private let lines = Mutex<[LogLine]>([])
    var all: [LogLine] { lines.withLock { $0 } }
    func contain(_ text: String) -> Bool { all.contains { $0.text.contains(text) } }
    @Sendable func append(_ line: LogLine) { lines.withLock { $0.append(line) } }
}
