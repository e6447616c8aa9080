import Events
import Foundation
import TestSupport
import Testing

/// The published schemas, judged by an independent validator (PyPI `jsonschema`).
@Suite struct SchemaFileTests {
    static let schemas = "\(SharedData.packageRoot)/schemas"

    /// A Python that has the validator: the one of the build, or that of the path.
    static let python: String? = {
        let candidates = ["\(SharedData.packageRoot)/.build/venv/bin/python3", "python3"]
        return candidates.first {
            run("/usr/bin/env", [$0, "-c", "import jsonschema"], "").code == 0
        }
    }()

    static let hasPython = run("/usr/bin/env", ["python3", "-c", ""], "").code == 0

    static func run(_ path: String, _ arguments: [String], _ input: String) -> (
        code: Int32, output: String
    ) {
        let process = Process()
        let (stdin, stdout) = (Pipe(), Pipe())
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.standardInput = stdin
        process.standardOutput = stdout
        process.standardError = stdout
        guard (try? process.run()) != nil else { return (127, "cannot run \(path)") }
        stdin.fileHandleForWriting.write(Data(input.utf8))
        try? stdin.fileHandleForWriting.close()
        let output = stdout.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }

    static let program = """
        import json, sys, jsonschema
        schema = json.load(open(sys.argv[1]))
        jsonschema.Draft202012Validator.check_schema(schema)
        validator = jsonschema.Draft202012Validator(schema)
        for line in sys.stdin:
            errors = [e.message for e in validator.iter_errors(json.loads(line))]
            print("good" if not errors else "bad: " + "; ".join(errors))
        """

    /// One verdict for each document.
    func verdicts(_ schema: String, _ documents: [String]) throws -> [String] {
        let python = try #require(Self.python)
        let lines = documents.map { $0.replacingOccurrences(of: "\n", with: " ") }
        let result = Self.run(
            "/usr/bin/env", [python, "-c", Self.program, "\(Self.schemas)/\(schema)"],
            lines.joined(separator: "\n") + "\n")
        try #require(result.code == 0, "\(result.output)")
        return result.output.split(separator: "\n").map(String.init)
    }

    func example(_ name: String) throws -> String {
        try String(contentsOfFile: "\(Self.schemas)/examples/\(name)", encoding: .utf8)
    }

    @Test(.enabled(if: python != nil, "needs a python3 with the package jsonschema"))
    func predictionsFollowTheirSchema() throws {
        var broken = try PredictionFixture()
        broken.prediction.score = .nan
        let text = EventSchema(
            fields: [FieldSchema(name: "id", path: ["id"], type: .string)], id: 0, time: nil)
        let documents = [
            try PredictionFixture().text(), try PredictionFixture().text(withFeatures: false),
            broken.text(),
            try PredictionFixture(#"{"id":"\u0000\"é"}"#, schema: text).text(),
            try example("prediction.json"), try example("prediction-minimal.json"),
        ]
        #expect(try verdicts("prediction.schema.json", documents) == documents.map { _ in "good" })
    }

    @Test(.enabled(if: python != nil, "needs a python3 with the package jsonschema"))
    func otherDocumentsAreNoPredictions() throws {
        let good = try PredictionFixture().text(withFeatures: false)
        let documents = [
            "{}", "[]",
            good.replacingOccurrences(of: "\"time\":1534204799000", with: "\"time\":-1"),
            good.replacingOccurrences(of: "\"score\"", with: "\"scores\""),
            good.replacingOccurrences(of: "1303777", with: "1.5"),
            good.replacingOccurrences(of: "\"partition\":3", with: "\"partition\":\"3\""),
        ]
        let verdicts = try verdicts("prediction.schema.json", documents)
        #expect(
            verdicts.count == documents.count && verdicts.allSatisfy { $0.hasPrefix("bad") },
            "\(verdicts)")
    }

    @Test(.enabled(if: python != nil, "needs a python3 with the package jsonschema"))
    func deadLetterHeadersFollowTheirSchema() throws {
        let all = DecodeError.Reason.allCases.map {
            #"{"\#(DeadLetterHeader.reason.rawValue)":"\#($0.rawValue)","#
                + #""espalier-position":"tx/0/17"}"#
        }
        let documents =
            all
            + [
                try example("dead-letter.json"), try example("dead-letter-minimal.json"),
                try example("dead-letter-settled.json"),
            ]
        #expect(try verdicts("dead-letter.schema.json", documents) == documents.map { _ in "good" })
        let bad = [
            "{}", #"{"espalier-reason":"other","espalier-position":"tx/0/17"}"#,
            #"{"espalier-reason":"too_deep","espalier-position":"tx/17"}"#,
            #"{"espalier-settled":"lost"}"#,
        ]
        #expect(try verdicts("dead-letter.schema.json", bad).allSatisfy { $0.hasPrefix("bad") })
    }

    @Test func everyHeaderAndReasonIsInTheSchema() throws {
        let data = try Data(
            contentsOf: URL(fileURLWithPath: "\(Self.schemas)/dead-letter.schema.json"))
        let root = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let properties = try #require(root["properties"] as? [String: [String: Any]])
        #expect(Set(properties.keys) == Set(DeadLetterHeader.allCases.map(\.rawValue)))
        let reasons = try #require(
            properties[DeadLetterHeader.reason.rawValue]?["enum"] as? [String])
        #expect(reasons == DecodeError.Reason.allCases.map(\.rawValue) + ["late", "ahead"])
        #expect(properties.values.allSatisfy { $0["description"] is String })
    }
}
