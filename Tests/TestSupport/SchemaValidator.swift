internal import Foundation

/// The published JSON Schemas, judged by an independent validator (PyPI `jsonschema`).
public enum SchemaValidator {
    /// A Python that has the validator: `$ESPALIER_PYTHON`, the build's, or the first on the path.
    private static let command: [String]? = {
        let environment = ProcessInfo.processInfo.environment
        let candidates = [
            environment["ESPALIER_PYTHON"], "\(SharedData.packageRoot)/.build/venv/bin/python",
            "python3",
        ]
        return candidates.lazy.compactMap { $0 }.map { ["/usr/bin/env", $0] }
            .first { run($0 + ["-c", "import jsonschema"], "")?.code == 0 }
    }()

    public static var isAvailable: Bool { command != nil }

    private static let program = """
        import json, sys, jsonschema
        schema = json.load(open(sys.argv[1]))
        jsonschema.Draft202012Validator.check_schema(schema)
        validator = jsonschema.Draft202012Validator(schema)
        for line in sys.stdin:
            errors = [e.message for e in validator.iter_errors(json.loads(line))]
            print("good" if not errors else "bad: " + "; ".join(errors))
        """

    /// `good` or `bad: …` for each document by `schemas/<name>`; nil without a validator.
    public static func verdicts(_ name: String, _ documents: [String]) -> [String]? {
        guard let command else { return nil }
        let lines = documents.map { $0.replacingOccurrences(of: "\n", with: " ") + "\n" }
        let schema = "\(SharedData.packageRoot)/schemas/\(name)"
        let result = run(command + ["-c", program, schema], lines.joined())
        return result.map { $0.output.split(separator: "\n").map { String($0) } }
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
