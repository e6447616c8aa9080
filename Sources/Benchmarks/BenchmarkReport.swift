import Bytes
import JSON
import Storage

extension Measurement {
    var document: JSONValue {
        var document: JSONObject = [
            "name": .string(name), "value": .number(value), "unit": .string(unit),
        ]
        if let bar, let isMet {
            let direction = if case .atLeast = bar { "atLeast" } else { "atMost" }
            document.append("bar", .number(bar.limit))
            document.append("direction", .string(direction))
            document.append("isMet", .bool(isMet))
        }
        if !note.isEmpty { document.append("note", .string(note)) }
        return .object(document)
    }
}

/// Everything that one run measured, by benchmark.
struct BenchmarkReport {
    private(set) var sections: [(benchmark: Benchmark, measurements: [Measurement])] = []
    let scale: Scale

    init(scale: Scale) { self.scale = scale }

    mutating func append(_ benchmark: Benchmark, _ measurements: [Measurement]) {
        sections.append((benchmark, measurements))
    }

    func write(to path: String) throws {
        var results = JSONObject()
        for section in sections {
            results.append(
                section.benchmark.rawValue, .array(section.measurements.map(\.document)))
        }
        let document: JSONObject = [
            "scale": .string(scale.rawValue), "results": .object(results),
        ]
        var writer = ByteWriter()
        JSONValue.object(document).write(to: &writer)
        writer.append("\n" as StaticString)
        try AtomicFile.write(writer.bytes, to: path)
    }
}
