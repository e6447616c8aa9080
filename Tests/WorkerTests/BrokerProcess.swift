import Foundation
import Glibc

/// The mock broker in a process of its own, which ends with this object.
final class BrokerProcess {
    let bootstrap: String
    private let process = Process()
    private let input = Pipe()

    /// - Parameter topics: each as `name:partitions`.
    init(topics: [String]) throws {
        let output = Pipe()
        process.executableURL = Bundle.main.bundleURL.appending(path: "MockBroker")
        process.arguments = topics
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        var line = Data()
        while let byte = try output.fileHandleForReading.read(upToCount: 1),
            byte != Data("\n".utf8),
            !byte.isEmpty
        {
            line += byte
        }
        bootstrap = String(decoding: line, as: UTF8.self)
    }

    deinit {
        resume()
        process.terminate()
        process.waitUntilExit()
    }

    /// It answers nobody until `resume`, as a host that hangs does: connections stay open.
    func pause() { kill(process.processIdentifier, SIGSTOP) }

    func resume() { kill(process.processIdentifier, SIGCONT) }
}
