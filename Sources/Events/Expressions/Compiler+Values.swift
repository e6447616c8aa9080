internal import Bytes

extension Expression.Compiler {
    /// A literal, a name, a call or a parenthesis, and calls on it after dots.
    mutating func value() throws(ExpressionError) -> Operand {
        var operand = try plainValue()
        while token.kind == .symbol(.dot) {
            try advance()
            guard case .name(let name) = token.kind else { throw unexpected("a function") }
            let range = token.range
            try advance()
            operand = try call(name, range, on: operand)
        }
        return operand
    }

    private mutating func plainValue() throws(ExpressionError) -> Operand {
        let found = token
        switch found.kind {
        case .number(let number):
            try advance()
            return try push(constant: number, .number, found.range)
        case .text(let bytes):
            try advance()
            return try push(
                constant: TextReference(literal: literal(bytes)).value, .text, found.range)
        case .symbol(.open):
            try advance()
            var operand = try expression()
            try expect(.close)
            operand.source = source(from: found.range.lowerBound)
            return operand
        case .name(let name) where name != "in":
            try advance()
            if token.kind == .symbol(.open) { return try namedCall(name, found.range) }
            return try load(name, found.range)
        default: throw unexpected("a value")
        }
    }

    private mutating func load(
        _ name: String, _ range: Range<Int>
    ) throws(ExpressionError) -> Operand {
        if name == "true" { return try push(constant: 1, .bool, range) }
        if name == "false" { return try push(constant: 0, .bool, range) }
        guard let declared = scope[name] else { throw unknown(name, range) }
        let slot = Int32(declared.slot)
        let place = try emit(declared.type == .text ? .loadText(slot: slot) : .load(slot: slot))
        return Operand(type: declared.type, source: range, code: place)
    }

    private func unknown(_ name: String, _ range: Range<Int>) -> ExpressionError {
        if let function = Expression.function(named: name) {
            return ExpressionError(
                at: range.lowerBound, found: "function `\(name)` without arguments",
                expected: "`\(function.signature)`")
        }
        if name == "null" {
            return ExpressionError(
                at: range.lowerBound, found: "`null`", expected: "a value",
                suggestion: "isMissing(…)")
        }
        return ExpressionError(
            at: range.lowerBound, found: "unknown name `\(quote(range))`",
            expected: "a field or a feature",
            suggestion: NearestName.of(name, among: scope.names))
    }

    /// `f(…)`, or `name.f(…)`, which is `f(name, …)`.
    private mutating func namedCall(
        _ name: String, _ range: Range<Int>
    ) throws(ExpressionError) -> Operand {
        guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")) else {
            return try call(name, range, on: nil)
        }
        let receiver = String(name[..<dot])
        let end = range.lowerBound + receiver.utf8.count
        let operand = try load(receiver, range.lowerBound..<end)
        return try call(
            String(name[name.index(after: dot)...]), (end + 1)..<range.upperBound, on: operand)
    }

    /// `x in [constant, …]`
    mutating func membership(of left: Operand) throws(ExpressionError) -> Operand {
        try require(left, [.number, .text])
        try advance()
        try expect(.openList)
        var elements: [Double] = []
        repeat {
            if !elements.isEmpty { try expect(.comma) }
            guard elements.count < ExpressionLimits.listElementsMax else {
                throw ExpressionError(
                    at: token.range.lowerBound,
                    found: "more than \(ExpressionLimits.listElementsMax) elements",
                    expected: "at most that many (listElementsMax)")
            }
            elements.append(try constantElement(left.type, like: left))
        } while token.kind == .symbol(.comma)
        try expect(.closeList)
        if left.type == .number {
            let stretch = table(ofNumbers: elements.sorted())
            try emit(.isInNumbers(start: stretch.start, count: stretch.count))
        } else {
            let stretch = table(ofTexts: elements)
            try emit(.isInTexts(start: stretch.start, count: stretch.count))
        }
        return try finished(.bool, left.source.lowerBound, left.code, [left])
    }

    /// A value known now and not missing, taken off the program again.
    mutating func constantElement(
        _ type: ExpressionType, like other: Operand?
    ) throws(ExpressionError) -> Double {
        let element = try expression()
        try require(element, [type], like: other)
        let value = constant(of: element)
        guard !value.isNaN else {
            throw ExpressionError(
                at: element.source.lowerBound, found: "`\(quote(element.source))`",
                expected: "a constant")
        }
        drop(element)
        return value
    }

    mutating func table(ofNumbers numbers: [Double]) -> (start: Int32, count: Int32) {
        let start = Int32(program.numbers.count)
        program.numbers.append(contentsOf: numbers)
        return (start, Int32(numbers.count))
    }

    private mutating func table(ofTexts texts: [Double]) -> (start: Int32, count: Int32) {
        let start = Int32(program.texts.count)
        let ranges = texts.map { TextReference($0).range }
        let program = program
        self.program.texts += ranges.sorted {
            ByteComparison.order(program.literal($0), program.literal($1)) < 0
        }
        return (start, Int32(texts.count))
    }
}
