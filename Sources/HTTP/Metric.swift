internal import Bytes

/// One metric family of the Prometheus text format.
public struct Metric: Sendable {
    /// What a scraper may do with the numbers.
    public enum Kind: String, Sendable {
        /// Only ever grows, but for a restart.
        case counter
        case gauge
        /// Quantiles, with a count.
        case summary
    }

    /// One number, with what tells it from the others of its family.
    public struct Sample: Sendable {
        /// After the family's name, such as `_count`.
        var suffix: String
        var labels: [(name: String, value: String)]
        var value: Double
    }

    let name: String
    let help: String
    let kind: Kind
    private(set) var samples: [Sample] = []

    /// - Parameters:
    ///   - name: with its unit, as the conventions have it: `espalier_lag_records`.
    ///   - help: one line.
    public init(_ name: String, _ kind: Kind, _ help: String) {
        self.name = name
        self.kind = kind
        self.help = help
    }

    /// A family of one number.
    public init(_ name: String, _ kind: Kind, _ help: String, _ value: Double) {
        self.init(name, kind, help)
        add(value)
    }

    /// Adds a number to the family.
    public mutating func add(
        _ value: Double, _ labels: KeyValuePairs<String, String> = [:], suffix: String = ""
    ) {
        samples.append(
            Sample(
                suffix: suffix, labels: labels.map { (name: $0.key, value: $0.value) },
                value: value))
    }
}

extension Metric {
    /// The content type of `text`.
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    /// Families without a number are left out.
    static func text(_ metrics: [Metric]) -> ByteWriter {
        var writer = ByteWriter(reservingCapacity: 8_192)
        for metric in metrics where !metric.samples.isEmpty { metric.append(to: &writer) }
        return writer
    }

    private func append(to writer: inout ByteWriter) {
        writer.append("# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n")
        for sample in samples {
            writer.append(name + sample.suffix)
            for (place, label) in sample.labels.enumerated() {
                writer.append(place == 0 ? "{" : ",")
                writer.append("\(label.name)=\"\(Self.escaped(label.value))\"")
            }
            writer.append(sample.labels.isEmpty ? " " : "} ")
            writer.append(Self.text(of: sample.value))
            writer.append("\n")
        }
    }

    private static func text(of value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value > 0 ? "+Inf" : "-Inf" }
        return value == value.rounded() && abs(value) < 0x1p53 ? "\(Int64(value))" : "\(value)"
    }

    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for character in text.unicodeScalars {
            switch character {
            case "\\": escaped += "\\\\"
            case "\"": escaped += "\\\""
            case "\n": escaped += "\\n"
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }
}
