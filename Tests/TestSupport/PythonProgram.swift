internal import Foundation

/// A program for a Python that has the modules a test compares with (`Tests/requirements.txt`).
public struct PythonProgram: Sendable {
    private let command: [String]

    /// - Parameter modules: a program for `$ESPALIER_PYTHON`, the build's Python, or the first on
    ///   the path, whichever can import them; nil if none can.
    public init?(importing modules: String...) {
        let environment = ProcessInfo.processInfo.environment
        let candidates = [
            environment["ESPALIER_PYTHON"], "\(SharedData.packageRoot)/.build/venv/bin/python",
            "python3",
        ]
        let imports = "import \(modules.joined(separator: ", "))"
        let found = candidates.lazy.compactMap { $0 }.map { ["/usr/bin/env", $0] }
            .first { Self.run($0 + ["-c", imports], "")?.code == 0 }
        guard let found else { return nil }
        command = found
    }

    /// What the program writes, errors included, given its arguments and standard input; nil if it
    /// cannot be started. The input is written before anything is read.
    public func output(
        of source: String, _ arguments: [String] = [], input: String = ""
    ) -> String? {
        Self.run(command + ["-c", source] + arguments, input)?.output
    }

    private static func run(
        _ command: [String], _ input: String
    ) -> (code: Int32, output: String)? {
        let process = Process()
        let (standardInput, standardOutput) = (Pipe(), Pipe())
        process.executableURL = URL(fileURLWithPath: command[0])
        process.arguments = Array(command.dropFirst())
        process.standardInput = standardInput
        process.standardOutput = standardOutput
        process.standardError = standardOutput
        guard (try? process.run()) != nil else { return nil }
        standardInput.fileHandleForWriting.write(Data(input.utf8))
        try? standardInput.fileHandleForWriting.close()
        let output = standardOutput.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }
}
