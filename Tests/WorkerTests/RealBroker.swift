import Foundation
import Testing

/// A Kafka that is not ours: what the tests marked *real broker* run against.
enum RealBroker {
    /// `host:port`.
    static let bootstrap = ProcessInfo.processInfo.environment["ESPALIER_TEST_BOOTSTRAP"]
    /// A shell command that stops and starts it again.
    static let restart = ProcessInfo.processInfo.environment["ESPALIER_TEST_RESTART"]

    /// What a test's topics begin with, so that no two meet.
    static func freshPrefix() -> String { "espalier-test-\(UUID().uuidString.prefix(8))." }

    static func restartNow() throws {
        let shell = Process()
        shell.executableURL = URL(fileURLWithPath: "/bin/sh")
        shell.arguments = ["-c", try #require(restart)]
        try shell.run()
        shell.waitUntilExit()
        #expect(shell.terminationStatus == 0)
    }
}
