internal import Bytes

extension Expression.Compiler {
    /// A call, from its parenthesis on. A receiver is the first argument, already emitted.
    mutating func call(
        _ name: String, _ range: Range<Int>, on receiver: Operand?
    ) throws(ExpressionError) -> Operand {
        guard let function = Expression.function(named: name) else {
            throw ExpressionError(
                at: range.lowerBound, found: "unknown function `\(quote(range))`",
                expected: "a function",
                suggestion: NearestName.of(name, among: Expression.functions.map(\.name)))
        }
        try expect(.open)
        let start = receiver?.source.lowerBound ?? range.lowerBound
        return switch function.form {
        case .coalesce: try coalesce(function, start, range, receiver)
        case .bucket: try bucket(function, start, range, receiver)
        case .pairwise(let operation):
            try pairwise(function, operation, start, range, receiver)
        default: try fixed(function, start, range, receiver)
        }
    }

    /// The next argument, or nil at the closing parenthesis, which it consumes.
    ///
    /// - Parameter index: how many came before, the receiver among them.
    private mutating func argument(
        _ index: Int, of function: Expression.Function, _ receiver: Operand?
    ) throws(ExpressionError) -> Operand? {
        if index == 0, let receiver {
            try require(receiver, function.types(ofArgument: 0), for: " in `\(function.signature)`")
            return receiver
        }
        if token.kind == .symbol(.close) {
            try advance()
            return nil
        }
        if index > (receiver == nil ? 0 : 1) { try expect(.comma) }
        let operand = try expression()
        try require(operand, function.types(ofArgument: index), for: " in `\(function.signature)`")
        return operand
    }

    private func requireCount(
        _ count: Int, of function: Expression.Function, at range: Range<Int>
    ) throws(ExpressionError) {
        guard !function.accepts(argumentCount: count) else { return }
        throw ExpressionError(
            at: range.lowerBound,
            found: "\(count) argument\(count == 1 ? "" : "s") of `\(function.name)`",
            expected: "`\(function.signature)`")
    }

    private mutating func fixed(
        _ function: Expression.Function, _ start: Int, _ range: Range<Int>, _ receiver: Operand?
    ) throws(ExpressionError) -> Operand {
        let code = receiver?.code ?? program.code.count
        var arguments: [Operand] = []
        while let operand = try argument(arguments.count, of: function, receiver) {
            arguments.append(operand)
        }
        try requireCount(arguments.count, of: function, at: range)
        for instruction in instructions(for: function, arguments[0].type) { try emit(instruction) }
        return try finished(function.result, start, code, arguments)
    }

    private func instructions(
        for function: Expression.Function, _ type: ExpressionType
    ) -> [Expression.Instruction] {
        switch function.form {
        case .unary(let operation): [.unary(operation)]
        case .binary(let operation), .pairwise(let operation): [.binary(operation)]
        case .textUnary(let operation): [.textUnary(operation)]
        case .textBinary(let operation): [.textBinary(operation)]
        case .clamp: [.clamp]
        case .haversine: [.haversine]
        case .hash: type == .text ? [.textUnary(.hash)] : [.unary(.hash)]
        case .isPresent: [.isPresent]
        case .isMissing: [.isPresent, .unary(.not)]
        case .coalesce, .bucket: []
        }
    }

    /// `min(a, b, c)` is `min(min(a, b), c)`.
    private mutating func pairwise(
        _ function: Expression.Function, _ operation: Expression.Binary, _ start: Int,
        _ range: Range<Int>, _ receiver: Operand?
    ) throws(ExpressionError) -> Operand {
        var count = 0
        var result: Operand?
        while let operand = try argument(count, of: function, receiver) {
            count += 1
            guard let left = result else {
                result = operand
                continue
            }
            try emit(.binary(operation))
            result = try finished(.number, start, left.code, [left, operand])
        }
        try requireCount(count, of: function, at: range)
        guard var result else { throw unexpected("an argument") }
        result.source = source(from: start)
        return result
    }

    /// The first argument that is there; the later ones run only where those before are missing.
    private mutating func coalesce(
        _ function: Expression.Function, _ start: Int, _ range: Range<Int>, _ receiver: Operand?
    ) throws(ExpressionError) -> Operand {
        let code = receiver?.code ?? program.code.count
        var arguments: [Operand] = []
        var jumps: [Int] = []
        while true {
            if !arguments.isEmpty, token.kind != .symbol(.close) {
                jumps.append(try emit(.jumpIfPresent(to: 0)))
            }
            guard let operand = try argument(arguments.count, of: function, receiver) else { break }
            if let first = arguments.first { try require(operand, [first.type], like: first) }
            arguments.append(operand)
        }
        try requireCount(arguments.count, of: function, at: range)
        land(jumps)
        return try finished(arguments[0].type, start, code, arguments)
    }

    /// How many of the constant edges are not above the first argument.
    private mutating func bucket(
        _ function: Expression.Function, _ start: Int, _ range: Range<Int>, _ receiver: Operand?
    ) throws(ExpressionError) -> Operand {
        guard let value = try argument(0, of: function, receiver) else {
            try requireCount(0, of: function, at: range)
            throw unexpected("an argument")
        }
        var edges: [Double] = []
        while token.kind != .symbol(.close) {
            if !edges.isEmpty || receiver == nil { try expect(.comma) }
            let place = token.range.lowerBound
            let edge = try constantElement(.number, like: nil)
            guard edge > edges.last ?? -.infinity else {
                throw ExpressionError(
                    at: place, found: "edge `\(quote(source(from: place)))`",
                    expected: "one above the edge before it")
            }
            edges.append(edge)
        }
        try expect(.close)
        try requireCount(edges.count + 1, of: function, at: range)
        let stretch = table(ofNumbers: edges)
        try emit(.bucket(start: stretch.start, count: stretch.count))
        return try finished(.number, start, value.code, [value])
    }
}
