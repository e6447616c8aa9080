internal import CRdKafka
internal import Glibc

/// The properties this librdkafka knows, read from its own table.
enum PropertyCatalogue {
    enum Audience: Sendable { case both, consumer, producer }

    static let audiences: [String: Audience] = parse(table())

    /// The known name that is fewest edits away, if it is near enough to be a slip.
    static func suggestion(for name: String) -> String? {
        let nearest = audiences.keys
            .map { (name: $0, edits: editDistance(name, $0)) }
            .min { ($0.edits, $0.name) < ($1.edits, $1.name) }
        guard let nearest, nearest.edits <= max(2, name.utf8.count / 4) else { return nil }
        return nearest.name
    }

    /// Rows look like `linger.ms | P | 0 .. 900000 | 5 | high | …`.
    private static func parse(_ table: String) -> [String: Audience] {
        var audiences: [String: Audience] = [:]
        for line in table.split(separator: "\n") {
            let cells = line.split(separator: "|", maxSplits: 2).map { $0.trimmed }
            guard cells.count == 3 else { continue }
            switch cells[1] {
            case "*": audiences[cells[0]] = .both
            case "C": audiences[cells[0]] = audiences[cells[0]] == .producer ? .both : .consumer
            case "P": audiences[cells[0]] = audiences[cells[0]] == .consumer ? .both : .producer
            default: continue
            }
        }
        return audiences
    }

    private static func table() -> String {
        var start: UnsafeMutablePointer<CChar>?
        var size = 0
        guard let stream = unsafe open_memstream(&start, &size) else { return "" }
        unsafe rd_kafka_conf_properties_show(stream)
        unsafe fclose(stream)
        defer { unsafe free(start) }
        return unsafe start.map { unsafe String(cString: $0) } ?? ""
    }

    /// Levenshtein's distance over bytes, O(n·m).
    private static func editDistance(_ first: String, _ second: String) -> Int {
        let second = Array(second.utf8)
        var row = Array(0...second.count)
        for (i, byte) in first.utf8.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for j in second.indices {
                let substituted = diagonal + (byte == second[j] ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(substituted, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[second.count]
    }
}

extension Substring {
    fileprivate var trimmed: String {
        let isBlank = { (character: Character) in character == " " }
        return String(drop(while: isBlank).reversed().drop(while: isBlank).reversed())
    }
}
