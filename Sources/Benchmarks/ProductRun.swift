import Foundation
import JSON

/// A command of `espalier` in a process of its own, by the report that it leaves.
struct ProductRun {
    /// Wall time, reading included.
    let seconds: Double
    /// The most memory that it held at once, program and libraries included.
    let peakBytes: Double

    /// - Parameter report: the file that the command writes it to.
    init(_ arguments: [String], report: String) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0])
            .resolvingSymlinksInPath().deletingLastPathComponent().appending(path: "espalier")
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        let start = ContinuousClock.now
        try process.run()
        process.waitUntilExit()
        let took = (ContinuousClock.now - start).components
        guard process.terminationStatus == 0 else {
            throw Failed(command: arguments[0], status: process.terminationStatus)
        }
        let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: report)))
        let document = try JSONValue(parsing: unsafe bytes.span.bytes)
        guard let peak = document["peakBytes"]?.integer else { throw NoPeak() }
        seconds = Double(took.seconds) + Double(took.attoseconds) * 1e-18
        peakBytes = Double(peak)
    }

    struct Failed: Error {
        let command: String
        let status: Int32
    }

    /// The system does not tell what a process held.
    struct NoPeak: Error {}
}
