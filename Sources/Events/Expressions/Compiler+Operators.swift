extension Expression.Compiler {
    /// `condition ? value : value`, or anything that binds tighter.
    mutating func expression() throws(ExpressionError) -> Operand {
        try nested { compiler throws(ExpressionError) in
            let operand = try compiler.operation(atLeast: 0)
            guard compiler.token.kind == .symbol(.question) else { return operand }
            try compiler.require(operand, [.bool])
            try compiler.advance()
            return try operand.isConstant
                ? compiler.decidedChoice(operand) : compiler.choice(operand)
        }
    }

    private mutating func choice(_ condition: Operand) throws(ExpressionError) -> Operand {
        let branch = try emit(.branch(ifFalse: 0, ifMissing: 0))
        let first = try operation(atLeast: 0)
        let afterFirst = try emit(.jump(to: 0))
        otherWay()
        let ifFalse = program.code.count
        land([])
        try expect(.colon)
        let second = try expression()
        try require(second, [first.type], like: first)
        let afterSecond = try emit(.jump(to: 0))
        otherWay()
        let ifMissing = program.code.count
        try emit(.constant(.nan))
        land(branch: branch, ifFalse: ifFalse, ifMissing: ifMissing)
        land([afterFirst, afterSecond])
        let source = source(from: condition.source.lowerBound)
        return Operand(type: first.type, source: source, code: condition.code)
    }

    /// A condition known now leaves one of the two, or neither; both are still checked.
    private mutating func decidedChoice(_ condition: Operand) throws(ExpressionError) -> Operand {
        let decision = constant(of: condition)
        drop(condition)
        var first = try operation(atLeast: 0)
        if decision != 1 { drop(first) }
        try expect(.colon)
        var second = try expression()
        try require(second, [first.type], like: first)
        if decision != 0 { drop(second) }
        first.source = source(from: condition.source.lowerBound)
        second.source = first.source
        guard !decision.isNaN else { return try push(constant: .nan, first.type, first.source) }
        return decision == 1 ? first : second
    }

    /// Operators that bind at least as tightly as `precedence`, from the left.
    private mutating func operation(atLeast precedence: Int) throws(ExpressionError) -> Operand {
        var left = try prefixed()
        while true {
            if token.kind == .name("in"), precedence <= 2 {
                left = try membership(of: left)
            } else if case .symbol(let symbol) = token.kind, let own = symbol.precedence,
                own >= precedence
            {
                left = try operation(left, symbol, own)
            } else {
                return left
            }
        }
    }

    private mutating func operation(
        _ left: Operand, _ symbol: Expression.Symbol, _ precedence: Int
    ) throws(ExpressionError) -> Operand {
        if symbol == .and || symbol == .or { return try logic(left, symbol) }
        let types = symbol.operandTypes
        try require(left, types)
        try advance()
        let right = try operation(atLeast: precedence + 1)
        try require(right, types)
        try require(right, [left.type], like: left)
        if left.type == .text, let operation = symbol.textBinary {
            try emit(.textBinary(operation))
        } else if let operation = symbol.binary {
            try emit(.binary(operation))
        }
        let type: ExpressionType = symbol.comparesValues ? .bool : .number
        return try finished(type, left.source.lowerBound, left.code, [left, right])
    }

    /// `&&` and `||`: the right side runs only where the left one does not decide.
    private mutating func logic(
        _ left: Operand, _ symbol: Expression.Symbol
    ) throws(ExpressionError) -> Operand {
        try require(left, [.bool])
        let isAnd = symbol == .and
        let decision = constant(of: left)
        let isDecided = decision == (isAnd ? 0 : 1)
        let isNeutral = decision == (isAnd ? 1 : 0)
        if isNeutral { drop(left) }
        let jump =
            isDecided || isNeutral
            ? nil : try emit(isAnd ? .jumpIfFalse(to: 0) : .jumpIfTrue(to: 0))
        try advance()
        var right = try operation(atLeast: (symbol.precedence ?? 0) + 1)
        try require(right, [.bool])
        let source = source(from: left.source.lowerBound)
        guard let jump else {
            right.source = source
            if isDecided { drop(right) }
            return isDecided
                ? Operand(type: .bool, source: source, code: left.code, isConstant: true)
                : right
        }
        try emit(.binary(isAnd ? .and : .or))
        land([jump])
        return try finished(.bool, source.lowerBound, left.code, [left, right])
    }

    /// An operand whose parts have been emitted; folded when all of them are constants.
    mutating func finished(
        _ type: ExpressionType, _ start: Int, _ code: Int, _ parts: [Operand]
    ) throws(ExpressionError) -> Operand {
        let operand = Operand(type: type, source: source(from: start), code: code)
        return parts.allSatisfy(\.isConstant) ? try fold(operand) : operand
    }

    /// Any number of `-` and `!` before a value; the nearest one applies first.
    private mutating func prefixed() throws(ExpressionError) -> Operand {
        var prefixes: [Expression.Token] = []
        while token.kind == .symbol(.minus) || token.kind == .symbol(.not) {
            prefixes.append(token)
            try advance()
        }
        var operand = try value()
        for prefix in prefixes.reversed() {
            let negates = prefix.kind == .symbol(.minus)
            try require(operand, [negates ? .number : .bool])
            try emit(.unary(negates ? .negate : .not))
            operand = try finished(
                operand.type, prefix.range.lowerBound, operand.code, [operand])
        }
        return operand
    }
}

// MARK: Types

extension Expression.Compiler {
    /// Throws unless the operand is of one of the types.
    func require(
        _ operand: Operand, _ types: Set<ExpressionType>, like other: Operand? = nil,
        for purpose: String = ""
    ) throws(ExpressionError) {
        guard !types.contains(operand.type) else { return }
        let order: [ExpressionType] = [.number, .bool, .text]
        let names = order.filter(types.contains).map { $0 == .text ? "text" : "a \($0)" }
        let reason = other.map { ", as `\(quote($0.source))` is" } ?? purpose
        throw ExpressionError(
            at: operand.source.lowerBound,
            found: "\(operand.type) `\(quote(operand.source))`",
            expected: names.joined(separator: " or ") + reason)
    }
}

extension Expression.Symbol {
    /// Looser to tighter; nil for what is no operator between two values.
    var precedence: Int? {
        switch self {
        case .or: 0
        case .and: 1
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual: 2
        case .plus, .minus: 3
        case .times, .divide, .remainder: 4
        default: nil
        }
    }

    var comparesValues: Bool { precedence == 2 }

    var operandTypes: Set<ExpressionType> {
        switch self {
        case .equal, .notEqual: [.number, .bool, .text]
        case .less, .lessOrEqual, .greater, .greaterOrEqual: [.number, .text]
        default: [.number]
        }
    }

    var binary: Expression.Binary? {
        switch self {
        case .plus: .add
        case .minus: .subtract
        case .times: .multiply
        case .divide: .divide
        case .remainder: .remainder
        case .equal: .equal
        case .notEqual: .notEqual
        case .less: .less
        case .lessOrEqual: .lessOrEqual
        case .greater: .greater
        case .greaterOrEqual: .greaterOrEqual
        default: nil
        }
    }

    var textBinary: Expression.TextBinary? {
        switch self {
        case .equal: .equal
        case .notEqual: .notEqual
        case .less: .less
        case .lessOrEqual: .lessOrEqual
        case .greater: .greater
        case .greaterOrEqual: .greaterOrEqual
        default: nil
        }
    }
}
