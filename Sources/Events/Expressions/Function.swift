extension Expression {
    /// A function that an expression may call. `Expressions.md` has a row for each.
    struct Function: Sendable {
        /// What a call becomes.
        enum Form: Sendable {
            case unary(Unary)
            case binary(Binary)
            case textUnary(TextUnary)
            case textBinary(TextBinary)
            case clamp, haversine
            /// Two or more numbers, taken pairwise from the left.
            case pairwise(Binary)
            /// One number or text.
            case hash
            /// One value of any type.
            case isPresent, isMissing
            /// Two or more values of one type.
            case coalesce
            /// A number and one or more ascending constants.
            case bucket
        }

        let name: String
        let parameters: [String]
        let form: Form
        let result: ExpressionType

        /// What stands in errors and in the documentation, such as `pow(x, y)`.
        var signature: String { "\(name)(\(parameters.joined(separator: ", ")))" }
    }

    static let functions: [Function] =
        numberFunctions + timeFunctions + textFunctions + [
            Function(name: "has", parameters: ["value"], form: .isPresent, result: .bool),
            Function(name: "isMissing", parameters: ["value"], form: .isMissing, result: .bool),
            Function(
                name: "coalesce", parameters: ["value", "other", "…"], form: .coalesce,
                result: .number),
        ]

    static func function(named name: String) -> Function? {
        functions.first { $0.name == name }
    }

    private static let numberFunctions: [Function] = [
        unary("abs", .abs), unary("sign", .sign), unary("floor", .floor), unary("ceil", .ceil),
        unary("round", .round), unary("sqrt", .sqrt), unary("exp", .exp), unary("log", .log),
        unary("log1p", .log1p), unary("log2", .log2), unary("log10", .log10), unary("sin", .sin),
        unary("cos", .cos),
        Function(name: "number", parameters: ["condition"], form: .unary(.number), result: .number),
        Function(name: "pow", parameters: ["x", "y"], form: .binary(.pow), result: .number),
        Function(name: "min", parameters: ["x", "y", "…"], form: .pairwise(.min), result: .number),
        Function(name: "max", parameters: ["x", "y", "…"], form: .pairwise(.max), result: .number),
        Function(name: "clamp", parameters: ["x", "low", "high"], form: .clamp, result: .number),
        Function(name: "bucket", parameters: ["x", "edge", "…"], form: .bucket, result: .number),
        Function(
            name: "haversine", parameters: ["lat1", "lon1", "lat2", "lon2"], form: .haversine,
            result: .number),
    ]

    private static let timeFunctions: [Function] = [
        unary("weekday", .weekday, of: "time"), unary("hour", .hour, of: "time"),
        unary("minute", .minute, of: "time"), unary("second", .second, of: "time"),
        unary("day", .day, of: "time"), unary("month", .month, of: "time"),
        unary("year", .year, of: "time"), unary("dayOfYear", .dayOfYear, of: "time"),
    ]

    private static let textFunctions: [Function] = [
        textUnary("length", .length, result: .number), textUnary("lower", .lower, result: .text),
        textUnary("upper", .upper, result: .text),
        textBinary("startsWith", .startsWith), textBinary("endsWith", .endsWith),
        textBinary("contains", .contains),
        Function(name: "hash", parameters: ["value"], form: .hash, result: .number),
    ]

    private static func unary(
        _ name: String, _ operation: Unary, of parameter: String = "x"
    ) -> Function {
        Function(name: name, parameters: [parameter], form: .unary(operation), result: .number)
    }

    private static func textUnary(
        _ name: String, _ operation: TextUnary, result: ExpressionType
    ) -> Function {
        Function(name: name, parameters: ["text"], form: .textUnary(operation), result: result)
    }

    private static func textBinary(_ name: String, _ operation: TextBinary) -> Function {
        Function(
            name: name, parameters: ["text", "part"], form: .textBinary(operation), result: .bool)
    }
}

extension Expression.Function {
    /// The types an argument may have.
    func types(ofArgument index: Int) -> Set<ExpressionType> {
        switch form {
        case .unary(.number): [.bool]
        case .unary, .binary, .clamp, .haversine, .pairwise, .bucket: [.number]
        case .textUnary, .textBinary: [.text]
        case .hash: [.number, .text]
        case .isPresent, .isMissing, .coalesce: [.number, .bool, .text]
        }
    }

    /// Whether more arguments may follow the named ones, and at least one of them must be there.
    var isVariadic: Bool { parameters.last == "…" }

    func accepts(argumentCount: Int) -> Bool {
        isVariadic
            ? argumentCount >= parameters.count - 1 : argumentCount == parameters.count
    }
}
