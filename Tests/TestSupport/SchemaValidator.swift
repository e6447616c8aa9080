/// The published JSON Schemas, judged by an independent validator (PyPI `jsonschema`).
public enum SchemaValidator {
    private static let python = PythonProgram(importing: "jsonschema")

    public static var isAvailable: Bool { python != nil }

    private static let source = """
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
        let lines = documents.map { $0.split(separator: "\n").joined(separator: " ") + "\n" }
        let output = python?.output(
            of: source, ["\(SharedData.packageRoot)/schemas/\(name)"], input: lines.joined())
        return output.map { $0.split(separator: "\n").map { String($0) } }
    }
}
