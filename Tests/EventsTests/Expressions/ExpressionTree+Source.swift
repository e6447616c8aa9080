import Events
import TestSupport

extension ExpressionTree {
    /// Source text with no more parentheses than precedence demands, but now and then one more.
    func source(_ random: inout SeededGenerator, within precedence: Int = -1) -> String {
        let own = self.precedence
        var text = bareSource(&random)
        if own < precedence || Int.random(in: 0..<12, using: &random) == 0 { text = "(\(text))" }
        return Int.random(in: 0..<20, using: &random) == 0 ? " \(text)\t" : text
    }

    private var precedence: Int {
        switch self {
        case .choice: -1
        case .infix("||", _, _): 0
        case .infix("&&", _, _): 1
        case .membership: 2
        case .infix(let mark, _, _):
            ["+", "-"].contains(mark) ? 3 : ["*", "/", "%"].contains(mark) ? 4 : 2
        case .prefix: 5
        default: 6
        }
    }

    private func bareSource(_ random: inout SeededGenerator) -> String {
        switch self {
        case .number(let x):
            return x == x.rounded() && abs(x) < 1e9 && Bool.random(using: &random)
                ? "\(Int(x))" : "\(x)"
        case .bool(let bool): return "\(bool)"
        case .text(let text): return Self.quoted(text, &random)
        case .name(let name): return name
        case .prefix(let mark, let operand): return mark + operand.source(&random, within: 5)
        case .infix(let mark, let left, let right):
            let space = Bool.random(using: &random) ? " " : ""
            return left.source(&random, within: precedence) + space + mark + space
                + right.source(&random, within: precedence + 1)
        case .choice(let condition, let first, let second):
            return "\(condition.source(&random, within: 0)) ? \(first.source(&random, within: 0))"
                + " : \(second.source(&random, within: -1))"
        case .membership(let operand, let elements):
            let list = elements.map { $0.source(&random) }.joined(separator: ", ")
            return "\(operand.source(&random, within: 2)) in [\(list)]"
        case .call(let name, let arguments):
            let isMethod = Int.random(in: 0..<6, using: &random) == 0
            var parts = arguments.map { $0.source(&random) }
            guard isMethod else { return "\(name)(\(parts.joined(separator: ",")))" }
            parts[0] = arguments[0].source(&random, within: 6)
            return "\(parts[0]).\(name)(\(parts.dropFirst().joined(separator: ", ")))"
        }
    }

    private static func quoted(_ text: String, _ random: inout SeededGenerator) -> String {
        let quote = Bool.random(using: &random) ? "'" : "\""
        var quoted = quote
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": quoted += "\\n"
            case "\\": quoted += "\\\\"
            case "'", "\"": quoted += "\\\(scalar)"
            case _ where !scalar.isASCII && Bool.random(using: &random):
                let hex = String(scalar.value, radix: 16)
                quoted += "\\U" + String(repeating: "0", count: 8 - hex.count) + hex
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + quote
    }
}
