internal import Features

extension FeatureDefinition.Kind {
    /// How it is computed, in one line: `mean of amount per customer_id over 7d`. Of an expression
    /// over several lines the first.
    var text: String {
        switch self {
        case .value(let expression): Self.firstLine(of: expression)
        case .category(let fields, let bits):
            "\(fields.joined(separator: " × ")), hashed to \(bits) bits"
        case .aggregate(let aggregate): aggregate.text
        }
    }

    private static func firstLine(of expression: String) -> String {
        let lines = expression.split(separator: "\n", omittingEmptySubsequences: true)
        return (lines.first.map(String.init) ?? "") + (lines.count > 1 ? " …" : "")
    }
}

extension Aggregate {
    var text: String {
        var parts = [function.text]
        switch operand {
        case .event: break
        case .expression(let source): parts.append("of \(source)")
        case .label: parts.append("of label")
        }
        parts.append("per \(entity)")
        if let windowMillis { parts.append("over \(EventDuration.text(windowMillis))") }
        if delayMillis > 0 { parts.append("until \(EventDuration.text(delayMillis)) before") }
        if !includesCurrent { parts.append("without the current") }
        if !otherwise.isNaN { parts.append("else \(Numerals.plain(otherwise))") }
        return parts.joined(separator: " ")
    }
}

extension Aggregate.Function {
    fileprivate var text: String {
        switch self {
        case .lag(let n): "lag \(n)"
        case .timeSinceLast: "time since last"
        case .decayedCount(let halfLife): "count halved every \(EventDuration.text(halfLife))"
        case .decayedSum(let halfLife): "sum halved every \(EventDuration.text(halfLife))"
        case .decayedMean(let halfLife): "mean halved every \(EventDuration.text(halfLife))"
        default: identity
        }
    }
}
