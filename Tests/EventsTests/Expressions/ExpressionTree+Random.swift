import Events
import TestSupport

extension ExpressionTree {
    static let numbers: [Double] = [
        0, 1, 2, 3, 0.5, 2.5, 7, 12, 100, 1e-300, 1e300, 1e308, 1_522_540_831_250, 3.25e9,
    ]
    static let texts = ["", "a", "ab", "Shop 24", "shop 24", "Ünï\\code", "it's \"x\"\n", "24"]

    /// A well-typed tree of at most `depth` levels.
    static func random(
        _ type: ExpressionType, depth: Int, _ random: inout SeededGenerator
    ) -> ExpressionTree {
        guard depth > 0, Int.random(in: 0..<8, using: &random) > 0 else {
            return leaf(type, &random)
        }
        func child(_ type: ExpressionType) -> ExpressionTree {
            Self.random(type, depth: depth - 1, &random)
        }
        switch Int.random(in: 0..<10, using: &random) {
        case 0: return .choice(child(.bool), child(type), child(type))
        case 1: return .call("coalesce", [child(type), child(type), child(type)])
        default: break
        }
        return switch type {
        case .number: number(depth, &random)
        case .bool: bool(depth, &random)
        case .text:
            .call(["lower", "upper"].randomElement(using: &random)!, [child(.text)])
        }
    }

    private static func leaf(
        _ type: ExpressionType, _ random: inout SeededGenerator
    ) -> ExpressionTree {
        if Int.random(in: 0..<3, using: &random) > 0 {
            let names = ExpressionFixture.names.filter { $0.type == type }
            return .name(names.randomElement(using: &random)!.name)
        }
        return switch type {
        case .number: .number(numbers.randomElement(using: &random)!)
        case .bool: .bool(Bool.random(using: &random))
        case .text: .text(texts.randomElement(using: &random)!)
        }
    }

    private static let unaryFunctions = [
        "abs", "sign", "floor", "ceil", "round", "sqrt", "exp", "log", "log1p", "log2", "log10",
        "sin", "cos", "hash", "weekday", "hour", "minute", "second", "day", "month", "year",
        "dayOfYear",
    ]

    private static func number(_ depth: Int, _ random: inout SeededGenerator) -> ExpressionTree {
        func child(_ type: ExpressionType) -> ExpressionTree {
            Self.random(type, depth: depth - 1, &random)
        }
        switch Int.random(in: 0..<16, using: &random) {
        case 0: return .prefix("-", child(.number))
        case 1...2:
            let name = unaryFunctions.randomElement(using: &random)!
            let isCalendar = unaryFunctions.firstIndex(of: name)! >= 14
            return .call(name, [isCalendar ? .name("time") : child(.number)])
        case 3: return .call("pow", [child(.number), child(.number)])
        case 4:
            let name = Bool.random(using: &random) ? "min" : "max"
            let count = Int.random(in: 2...5, using: &random)
            return .call(name, (0..<count).map { _ in child(.number) })
        case 5: return .call("clamp", [child(.number), child(.number), child(.number)])
        case 6:
            let edges = Set((0..<3).map { _ in numbers.randomElement(using: &random)! }).sorted()
            return .call("bucket", [child(.number)] + edges.map { .number($0) })
        case 7: return .call("number", [child(.bool)])
        case 8: return .call(["length", "hash"].randomElement(using: &random)!, [child(.text)])
        default:
            let mark = ["+", "-", "*", "/", "%"].randomElement(using: &random)!
            return .infix(mark, child(.number), child(.number))
        }
    }

    private static func bool(_ depth: Int, _ random: inout SeededGenerator) -> ExpressionTree {
        func child(_ type: ExpressionType) -> ExpressionTree {
            Self.random(type, depth: depth - 1, &random)
        }
        let types: [ExpressionType] = [.number, .bool, .text]
        let anyType = types.randomElement(using: &random)!
        switch Int.random(in: 0..<10, using: &random) {
        case 0: return .prefix("!", child(.bool))
        case 1:
            return .infix(
                ["==", "!="].randomElement(using: &random)!, child(anyType), child(anyType))
        case 2:
            return .call(["has", "isMissing"].randomElement(using: &random)!, [child(anyType)])
        case 3:
            let elements = (0..<Int.random(in: 1...9, using: &random)).map { _ in
                ExpressionTree.text(texts.randomElement(using: &random)!)
            }
            return .membership(child(.text), elements)
        case 4:
            let elements = (0..<Int.random(in: 1...9, using: &random)).map { _ in
                ExpressionTree.prefix("-", .number(numbers.randomElement(using: &random)!))
            }
            return .membership(child(.number), elements)
        case 5:
            let name = ["startsWith", "endsWith", "contains"].randomElement(using: &random)!
            return .call(name, [child(.text), child(.text)])
        case 6...7:
            return .infix(["&&", "||"].randomElement(using: &random)!, child(.bool), child(.bool))
        default:
            let mark = ["<", "<=", ">", ">="].randomElement(using: &random)!
            let type: ExpressionType = Bool.random(using: &random) ? .number : .text
            return .infix(mark, child(type), child(type))
        }
    }
}

extension ExpressionFixture {
    /// A row in which each value is missing now and then.
    static func random(_ random: inout SeededGenerator) -> ExpressionFixture {
        var fixture = ExpressionFixture()
        for declared in names where Int.random(in: 0..<4, using: &random) > 0 {
            switch declared.type {
            case .bool: fixture.values[declared.name] = .bool(Bool.random(using: &random))
            case .text:
                let text = ExpressionTree.texts.randomElement(using: &random)!
                fixture.values[declared.name] = .text(Array(text.utf8))
            case .number where declared.name == "time":
                let millis = Double.random(in: -1e12...4e12, using: &random).rounded()
                fixture.values[declared.name] = .number(millis)
            case .number:
                let sign: Double = Bool.random(using: &random) ? 1 : -1
                let number = ExpressionTree.numbers.randomElement(using: &random)!
                fixture.values[declared.name] = .number(sign * number)
            }
        }
        return fixture
    }
}
