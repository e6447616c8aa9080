import Bytes
import Events
import Foundation
import Storage
import TestSupport
import Testing

/// CSV files that Python's `csv` writes, read back through reader and decoder.
@Suite struct CSVTruthTests {
    /// Rows as JSON arrays in, CSV out; the quoting style is the first argument.
    static let program = """
        import csv, io, json, sys
        style = {"minimal": csv.QUOTE_MINIMAL, "all": csv.QUOTE_ALL}[sys.argv[1]]
        sys.stdout = io.TextIOWrapper(sys.stdout.buffer, encoding="utf-8", newline="")
        sys.stdin = io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8", newline="\\n")
        end = sys.argv[2].replace("n", "\\n").replace("r", "\\r")
        writer = csv.writer(sys.stdout, quoting=style, lineterminator=end)
        for line in sys.stdin:
            writer.writerow(json.loads(line))
        """

    static let schema = EventSchema(
        fields: [
            FieldSchema(name: "id", path: ["id"], type: .int64),
            FieldSchema(name: "name", path: ["na,me\""], type: .string),
            FieldSchema(name: "amount", path: ["amount"], type: .double),
            FieldSchema(name: "ok", path: ["ok"], type: .bool),
        ], id: 0, time: nil)

    @Test(
        .enabled(if: SchemaFileTests.hasPython, "needs a python3"), arguments: ["minimal", "all"],
        ["n", "rn"])
    func filesOfPythonAreRead(style: String, lineEnd: String) throws {
        var random = RandomJSON(style == "all" ? 1 : 2)
        let pieces = ["a", "\"", "\"\"", ",", "\n", "\r\n", "é", " ", "'", ";", "plain text", "\t"]
        var input = #"["x,\n","na,me\"","id","ok","amount"]"# + "\n"
        var expected: [[Cell]] = []
        for id in 0..<800 {
            let name = (0..<Int.random(in: 0...6, using: &random.random)).map { _ in
                random.pick(pieces)
            }.joined()
            let amount = Double(Int.random(in: -10_000...10_000, using: &random.random)) / 64
            let ok = Bool.random(using: &random.random)
            let text = String(decoding: try JSONEncoder().encode(name), as: UTF8.self)
            input += "[\(text),\(text),\(id),\"\(ok ? "True" : "false")\",\"\(amount)\"]\n"
            let empty: Cell = style == "all" ? .text("") : .null
            expected.append([
                .integer(Int64(id)), name.isEmpty ? empty : .text(name), .double(amount),
                .integer(ok ? 1 : 0),
            ])
        }
        let result = SchemaFileTests.run(
            "/usr/bin/env", ["python3", "-c", Self.program, style, lineEnd], input)
        try #require(result.code == 0, "\(result.output)")
        let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
            .path
        try Data(result.output.utf8).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }

        var reader = try RecordReader(path: path, form: .csv)
        #expect(try reader.advance())
        let decoder = try EventDecoder(csv: Self.schema, header: reader.record)
        var row = EventRow(slots: 4)
        var found: [[Cell]] = []
        while try reader.advance() {
            try decoder.decode(reader.record, line: reader.line, into: &row)
            found.append(row.cells(of: Self.schema))
        }
        #expect(found == expected)
    }
}
