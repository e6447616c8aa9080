/// Declarations as text that is stored, hashed: in artifacts, as the digest of a feature's
/// definition, and in snapshots, as what tells projects apart. Changing a text makes every stored
/// model and state another project's.
extension FeatureDefinition {
    /// Everything that the feature's values depend on.
    public var identity: String {
        switch kind {
        case .value(let expression): "\(name.quoted) value(\(expression.quoted))"
        case .category(let fields, let bits):
            "\(name.quoted) category(\(fields.map(\.quoted).joined(separator: ", ")); \(bits))"
        case .aggregate(let aggregate): "\(name.quoted) \(aggregate.identity)"
        }
    }
}

extension Aggregate {
    fileprivate var identity: String {
        let window = windowMillis.map { "\($0)" } ?? "life"
        let otherwise = otherwise.isNaN ? "missing" : "\(otherwise)"
        return "\(function.identity) of \(operand.identity) per \(entity.quoted)"
            + " window \(window) delay \(delayMillis) current \(includesCurrent ? 1 : 0)"
            + " otherwise \(otherwise)"
    }
}

extension Aggregate.Function {
    /// `mean`, `lag(2)`, `decayedSum(halfLifeMillis: 600000)`
    public var identity: String {
        switch self {
        case .count: "count"
        case .sum: "sum"
        case .mean: "mean"
        case .min: "min"
        case .max: "max"
        case .variance: "variance"
        case .stddev: "stddev"
        case .first: "first"
        case .last: "last"
        case .lag(let steps): "lag(\(steps))"
        case .distinct: "distinct"
        case .timeSinceLast: "timeSinceLast"
        case .decayedCount(let half): "decayedCount(halfLifeMillis: \(half))"
        case .decayedSum(let half): "decayedSum(halfLifeMillis: \(half))"
        case .decayedMean(let half): "decayedMean(halfLifeMillis: \(half))"
        }
    }
}

extension Aggregate.Operand {
    /// `event`, `label`, `expression("amount * 2")`
    public var identity: String {
        switch self {
        case .event: "event"
        case .expression(let source): "expression(\(source.quoted))"
        case .label: "label"
        }
    }
}

extension String {
    /// In double quotes; quotes, backslashes and line ends as `\"`, `\'`, `\\`, `\n`, `\r`, `\t`.
    fileprivate var quoted: String {
        var text = "\""
        for scalar in unicodeScalars {
            switch scalar {
            case "\"", "'", "\\":
                text.unicodeScalars.append("\\")
                text.unicodeScalars.append(scalar)
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "\""
    }
}
