/// The lines that a run prints: name, value, unit, bar and note in columns.
enum MeasurementTable {
    private static let nameWidth = 56
    private static let valueWidth = 11
    private static let unitWidth = 14
    private static let barWidth = 13

    static func text(_ title: String, _ measurements: [Measurement]) -> String {
        ([title] + measurements.map(line)).joined(separator: "\n") + "\n"
    }

    private static func line(_ measurement: Measurement) -> String {
        let mark =
            switch measurement.isMet {
            case true: "✓"
            case false: "✗"
            case nil: " "
            }
        let cells = [
            " ", mark, left(measurement.name, nameWidth),
            right(number(measurement.value), valueWidth), left(measurement.unit, unitWidth),
            left(bar(measurement.bar), barWidth), measurement.note,
        ]
        let text = cells.joined(separator: " ")
        return String(text.lastIndex { $0 != " " }.map { text[...$0] } ?? "")
    }

    private static func bar(_ bar: Measurement.Bar?) -> String {
        switch bar {
        case .atLeast(let limit): "≥ \(number(limit))"
        case .atMost(let limit): "≤ \(number(limit))"
        case nil: ""
        }
    }

    /// Three significant digits below 1,000, else whole and in groups of three.
    static func number(_ value: Double) -> String {
        guard value.isFinite else { return "\(value)" }
        let size = abs(value)
        if size >= 1_000, size < 1e15 { return grouped(Int(value.rounded())) }
        if value == value.rounded(), size < 1_000 { return "\(Int(value))" }
        let digits = size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 2 : 3
        return fixed(value, digits)
    }

    private static func fixed(_ value: Double, _ digits: Int) -> String {
        let unit = [1, 10, 100, 1_000][digits]
        let parts = Int((abs(value) * Double(unit)).rounded())
        let sign = value < 0 ? "-" : ""
        guard digits > 0 else { return "\(sign)\(parts)" }
        let fraction = String(parts % unit)
        let zeros = String(repeating: "0", count: digits - fraction.count)
        return "\(sign)\(parts / unit).\(zeros)\(fraction)"
    }

    private static func grouped(_ value: Int) -> String {
        var text = ""
        for (place, digit) in String(value.magnitude).reversed().enumerated() {
            if place > 0, place % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return (value < 0 ? "-" : "") + String(text.reversed())
    }

    private static func left(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private static func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }
}
