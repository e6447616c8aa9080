extension Expression {
    /// Parses, checks and emits in one pass, by operator precedence (Pratt 1973): there is no tree.
    struct Compiler {
        /// A parsed piece of the source, whose instructions are the newest ones, from `code` on.
        struct Operand {
            var type: ExpressionType
            /// UTF-8 bytes of the source.
            var source: Range<Int>
            /// Its first instruction.
            var code: Int
            /// Whether it is a single `constant` instruction.
            var isConstant = false
        }

        var program = Program()
        let scope: ExpressionScope
        private(set) var token: Token
        private var lexer: Lexer
        private var nesting = 0
        /// Values on the stack after the newest instruction.
        private var depth = 0
        /// Where the newest jump arrives: instructions on its two sides must stay apart.
        private var newestLabel = -1
        private var sourceEnd = 0

        init(_ source: String, _ scope: ExpressionScope) throws(ExpressionError) {
            let count = source.utf8.count
            guard count <= ExpressionLimits.sourceBytesMax else {
                throw ExpressionError(
                    at: 0, found: "an expression of \(count) bytes",
                    expected: "at most \(ExpressionLimits.sourceBytesMax) (sourceBytesMax)")
            }
            self.scope = scope
            lexer = Lexer(source)
            token = try lexer.token()
        }

        /// The whole source.
        mutating func compile() throws(ExpressionError) -> ExpressionType {
            let operand = try expression()
            guard token.kind == .end else {
                throw unexpected("an operator or the end", suggestion: operatorMeant())
            }
            return operand.type
        }
    }
}

// MARK: Reading tokens

extension Expression.Compiler {
    mutating func advance() throws(ExpressionError) {
        sourceEnd = token.range.upperBound
        token = try lexer.token()
    }

    mutating func expect(_ symbol: Expression.Symbol) throws(ExpressionError) {
        guard token.kind == .symbol(symbol) else { throw unexpected("`\(symbol.rawValue)`") }
        try advance()
    }

    /// From `start` to the end of the newest token consumed.
    func source(from start: Int) -> Range<Int> { start..<max(start, sourceEnd) }

    func quote(_ range: Range<Int>) -> String { lexer.quote(range) }

    /// The current token stands where `expected` should.
    func unexpected(_ expected: String, suggestion: String? = nil) -> ExpressionError {
        let found = token.kind == .end ? "the end" : "`\(quote(token.range))`"
        return ExpressionError(
            at: token.range.lowerBound, found: found, expected: expected, suggestion: suggestion)
    }

    private func operatorMeant() -> String? {
        guard case .name(let name) = token.kind else { return nil }
        return ["and": "&&", "or": "||", "is": "==", "mod": "%"][name.lowercased()]
    }

    /// One more level of parentheses, arguments or branches, or an error.
    mutating func nested<Result>(
        _ body: (inout Self) throws(ExpressionError) -> Result
    ) throws(ExpressionError) -> Result {
        guard nesting < ExpressionLimits.nestingMax else {
            throw ExpressionError(
                at: token.range.lowerBound,
                found: "more than \(ExpressionLimits.nestingMax) levels of nesting",
                expected: "at most that many (nestingMax)")
        }
        nesting += 1
        defer { nesting -= 1 }
        return try body(&self)
    }
}

// MARK: Writing instructions

extension Expression.Compiler {
    /// Appends an instruction, or joins it to the one before, and returns its place.
    @discardableResult
    mutating func emit(_ instruction: Expression.Instruction) throws(ExpressionError) -> Int {
        depth += instruction.stackEffect
        program.stackCount = max(program.stackCount, depth)
        if let joined = joined(instruction) {
            program.code[program.code.count - 1] = joined
            return program.code.count - 1
        }
        guard program.code.count < ExpressionLimits.instructionsMax else {
            throw limit("instructions", ExpressionLimits.instructionsMax, "instructionsMax")
        }
        guard depth <= ExpressionLimits.stackValuesMax else {
            throw limit("waiting operands", ExpressionLimits.stackValuesMax, "stackValuesMax")
        }
        program.code.append(instruction)
        return program.code.count - 1
    }

    private func limit(_ what: String, _ count: Int, _ name: String) -> ExpressionError {
        ExpressionError(
            at: token.range.lowerBound, found: "more than \(count) \(what)",
            expected: "at most that many (\(name)): split the expression into several features")
    }

    /// A load followed by an operator on it is one instruction.
    private mutating func joined(
        _ instruction: Expression.Instruction
    ) -> Expression.Instruction? {
        guard case .binary(let operation) = instruction, newestLabel < program.code.count,
            let last = program.code.last
        else { return nil }
        switch last {
        case .load(let slot): return .binaryLoad(operation, slot: slot)
        case .constant(let value):
            program.numbers.append(value)
            return .binaryConstant(operation, index: Int32(program.numbers.count - 1))
        default: return nil
        }
    }

    /// Makes the jumps at these places arrive here.
    mutating func land(_ jumps: [Int]) {
        newestLabel = program.code.count
        for jump in jumps { program.code[jump] = program.code[jump].jumping(to: newestLabel) }
    }

    /// The branch at `place` arrives at these places.
    mutating func land(branch place: Int, ifFalse: Int, ifMissing: Int) {
        newestLabel = program.code.count
        program.code[place] = program.code[place].jumping(to: ifFalse, ifMissing: ifMissing)
    }

    /// Forgets an operand's instructions: they are never needed, or their value is known.
    mutating func drop(_ operand: Operand) {
        program.code.removeSubrange(operand.code...)
        depth -= 1
    }

    /// The stack holds one value less on the way that begins here than on the one that ended.
    mutating func otherWay() { depth -= 1 }

    func constant(of operand: Operand) -> Double {
        guard operand.isConstant, case .constant(let value) = program.code[operand.code] else {
            return .nan
        }
        return value
    }

    mutating func push(
        constant value: Double, _ type: ExpressionType, _ source: Range<Int>
    ) throws(ExpressionError) -> Operand {
        let place = try emit(.constant(value))
        return Operand(type: type, source: source, code: place, isConstant: true)
    }

    /// Adds the bytes to the literals.
    mutating func literal(_ bytes: [UInt8]) -> TextRange {
        let range = TextRange(start: program.literals.count, count: bytes.count)
        program.literals.append(contentsOf: bytes)
        return range
    }

    /// Replaces an operand that depends on no slot by its value, found by running it.
    mutating func fold(_ operand: Operand) throws(ExpressionError) -> Operand {
        var row = EventRow(slots: 0)
        var value = program.value(from: &row, start: operand.code)
        if operand.type == .text, !value.isNaN {
            let bytes = program.copy(of: TextReference(value), row)
            value = TextReference(literal: literal(bytes)).value
        }
        drop(operand)
        return try push(constant: value, operand.type, operand.source)
    }
}
