import Bytes
import Events
import Foundation

/// An expression as a tree, with an evaluator that walks it: the slow truth for the compiled form.
indirect enum ExpressionTree {
    case number(Double)
    case bool(Bool)
    case text(String)
    case name(String)
    case prefix(String, ExpressionTree)
    case infix(String, ExpressionTree, ExpressionTree)
    case choice(ExpressionTree, ExpressionTree, ExpressionTree)
    case membership(ExpressionTree, [ExpressionTree])
    case call(String, [ExpressionTree])
}

extension ExpressionTree {
    func value(_ names: [String: PlainValue]) -> PlainValue? {
        switch self {
        case .number(let number): .number(number)
        case .bool(let bool): .bool(bool)
        case .text(let text): .text(Array(text.utf8))
        case .name(let name): names[name]
        case .prefix(let mark, let operand): Self.prefix(mark, operand.value(names))
        case .infix("&&", let left, let right): Self.and(left.value(names), right.value(names))
        case .infix("||", let left, let right):
            Self.not(Self.and(Self.not(left.value(names)), Self.not(right.value(names))))
        case .infix(let mark, let left, let right):
            left.value(names).flatMap { left in
                right.value(names).flatMap { Self.infix(mark, left, $0) }
            }
        case .choice(let condition, let first, let second):
            condition.value(names).flatMap {
                $0 == .bool(true) ? first.value(names) : second.value(names)
            }
        case .membership(let operand, let elements):
            operand.value(names).map { value in
                .bool(elements.contains { $0.value(names) == value })
            }
        case .call(let name, let arguments): Self.call(name, arguments.map { $0.value(names) })
        }
    }

    private static func prefix(_ mark: String, _ operand: PlainValue?) -> PlainValue? {
        if mark == "!" { return not(operand) }
        guard case .number(let x) = operand else { return nil }
        return .number(-x)
    }

    private static func not(_ value: PlainValue?) -> PlainValue? {
        guard case .bool(let bool) = value else { return nil }
        return .bool(!bool)
    }

    private static func and(_ left: PlainValue?, _ right: PlainValue?) -> PlainValue? {
        if left == .bool(false) || right == .bool(false) { return .bool(false) }
        return left == nil || right == nil ? nil : .bool(true)
    }

    private static func finite(_ x: Double) -> PlainValue? { x.isFinite ? .number(x) : nil }

    private static func infix(_ mark: String, _ left: PlainValue, _ right: PlainValue)
        -> PlainValue?
    {
        switch (left, right) {
        case (.number(let x), .number(let y)):
            switch mark {
            case "+": finite(x + y)
            case "-": finite(x - y)
            case "*": finite(x * y)
            case "/": y == 0 ? nil : finite(x / y)
            case "%": y == 0 ? nil : finite(fmod(x, y))
            default: order(mark, x < y ? -1 : x > y ? 1 : 0)
            }
        case (.text(let x), .text(let y)):
            order(mark, x == y ? 0 : x.lexicographicallyPrecedes(y) ? -1 : 1)
        default: order(mark, left == right ? 0 : 1)
        }
    }

    private static func order(_ mark: String, _ order: Int) -> PlainValue? {
        switch mark {
        case "==": .bool(order == 0)
        case "!=": .bool(order != 0)
        case "<": .bool(order < 0)
        case "<=": .bool(order <= 0)
        case ">": .bool(order > 0)
        case ">=": .bool(order >= 0)
        default: nil
        }
    }
}

// MARK: Functions

extension ExpressionTree {
    private static func call(_ name: String, _ arguments: [PlainValue?]) -> PlainValue? {
        switch name {
        case "has": return .bool(arguments[0] != nil)
        case "isMissing": return .bool(arguments[0] == nil)
        case "coalesce": return arguments.first { $0 != nil } ?? nil
        default: break
        }
        let values = arguments.compactMap { $0 }
        guard values.count == arguments.count else { return nil }
        let numbers = values.compactMap { if case .number(let x) = $0 { x } else { nil } }
        let texts = values.compactMap { if case .text(let x) = $0 { x } else { nil } }
        if !texts.isEmpty { return textCall(name, texts) }
        if values == [.bool(true)] { return .number(1) }
        if values == [.bool(false)] { return .number(0) }
        return numbers.count == 1 ? numberCall(name, numbers[0]) : numbersCall(name, numbers)
    }

    private static func numberCall(_ name: String, _ x: Double) -> PlainValue? {
        switch name {
        case "abs": finite(fabs(x))
        case "sign": finite(x == 0 ? 0 : copysign(1, x))
        case "floor": finite(Foundation.floor(x))
        case "ceil": finite(Foundation.ceil(x))
        case "round": finite(Foundation.round(x))
        case "sqrt": finite(Foundation.sqrt(x))
        case "exp": finite(Foundation.exp(x))
        case "log": finite(Foundation.log(x))
        case "log1p": finite(Foundation.log1p(x))
        case "log2": finite(Foundation.log2(x))
        case "log10": finite(Foundation.log10(x))
        case "sin": finite(Foundation.sin(x))
        case "cos": finite(Foundation.cos(x))
        case "hash": hash((0..<8).map { UInt8((x == 0 ? 0 : x).bitPattern >> (8 * $0) & 255) })
        default: calendarCall(name, x)
        }
    }

    private static let calendar: Calendar = {
        var calendar = Calendar(identifier: .iso8601)
        calendar.timeZone = TimeZone(identifier: "UTC")!
        return calendar
    }()

    static func calendarCall(_ name: String, _ millis: Double) -> PlainValue? {
        guard fabs(millis) <= 4.2e12 else { return nil }
        let date = Date(timeIntervalSince1970: Foundation.floor(millis / 1_000))
        func part(_ component: Calendar.Component) -> PlainValue {
            .number(Double(calendar.component(component, from: date)))
        }
        switch name {
        case "weekday":
            let sundayFirst = calendar.component(.weekday, from: date)
            return .number(Double(sundayFirst == 1 ? 7 : sundayFirst - 1))
        case "hour": return part(.hour)
        case "minute": return part(.minute)
        case "second": return part(.second)
        case "day": return part(.day)
        case "month": return part(.month)
        case "year": return part(.year)
        case "dayOfYear":
            return .number(Double(calendar.ordinality(of: .day, in: .year, for: date) ?? 0))
        default: return nil
        }
    }

    private static func numbersCall(_ name: String, _ x: [Double]) -> PlainValue? {
        switch name {
        case "pow": finite(Foundation.pow(x[0], x[1]))
        case "min": finite(x.min() ?? .nan)
        case "max": finite(x.max() ?? .nan)
        case "clamp": x[1] > x[2] ? nil : .number(x[0] < x[1] ? x[1] : x[0] > x[2] ? x[2] : x[0])
        case "bucket": .number(Double(x.dropFirst().filter { $0 <= x[0] }.count))
        default: nil
        }
    }

    private static func textCall(_ name: String, _ x: [[UInt8]]) -> PlainValue? {
        switch name {
        case "length": .number(Double(String(decoding: x[0], as: UTF8.self).unicodeScalars.count))
        case "lower": .text(x[0].map { (65...90).contains($0) ? $0 + 32 : $0 })
        case "upper": .text(x[0].map { (97...122).contains($0) ? $0 - 32 : $0 })
        case "startsWith": .bool(x[0].starts(with: x[1]))
        case "endsWith": .bool(x[0].reversed().starts(with: x[1].reversed()))
        case "contains":
            .bool(x[1].isEmpty || x[0].indices.contains { x[0][$0...].starts(with: x[1]) })
        case "hash": hash(x[0])
        default: nil
        }
    }

    private static func hash(_ bytes: [UInt8]) -> PlainValue {
        .number(Double(StableHash.of(unsafe bytes.span.bytes) / 2_048))
    }
}
