internal import Bytes

extension Expression {
    /// A compiled expression: a flat list of instructions and the constants they refer to.
    struct Program: Sendable {
        var code: [Instruction] = []
        /// UTF-8 of the literal texts.
        var literals: [UInt8] = []
        /// Stretches of sorted numbers for `in` and `bucket`, and single constants.
        var numbers: [Double] = []
        /// Stretches of literals, sorted by their bytes, for `in`.
        var texts: [TextRange] = []
        /// The most values that stand on the stack at once.
        var stackCount = 0
    }

    /// The values an expression works on: the topmost in a register, those below in the caller's
    /// frame.
    struct Stack: ~Copyable, ~Escapable {
        private var below: MutableSpan<Double>
        private var count = 0
        var top = Double.nan

        @_lifetime(copy values)
        init(_ values: consuming MutableSpan<Double>) {
            below = values
        }

        @inline(__always)
        mutating func push(_ value: Double) {
            below[count] = top
            count += 1
            top = value
        }

        /// Takes the top off; the one below becomes the top.
        @inline(__always)
        mutating func pop() -> Double {
            let value = top
            count -= 1
            top = below[count]
            return value
        }
    }
}

extension Expression.Program {
    /// Programs that need no more values on the stack run on a small one, which is cheaper to make.
    private static var smallStackCount: Int { 8 }

    /// Runs the instructions from `start` on. A number, a bool as 0 or 1, a `TextReference`'s
    /// pattern, or NaN for missing.
    func value(from row: inout EventRow, start: Int = 0) -> Double {
        guard stackCount <= Self.smallStackCount else { return valueOnLargeStack(&row, start) }
        var values = InlineArray<8, Double>(repeating: 0)
        return run(from: start, on: Expression.Stack(values.mutableSpan), &row)
    }

    @inline(never)
    private func valueOnLargeStack(_ row: inout EventRow, _ start: Int) -> Double {
        var values = InlineArray<64, Double>(repeating: 0)
        return run(from: start, on: Expression.Stack(values.mutableSpan), &row)
    }

    @inline(__always)
    private func run(
        from start: Int, on stack: consuming Expression.Stack, _ row: inout EventRow
    ) -> Double {
        let code = code.span
        var next = start
        while next < code.count {
            let instruction = code[next]
            next += 1
            switch instruction {
            case .constant(let value): stack.push(value)
            case .load(let slot): stack.push(number(slot, row))
            case .loadText(let slot): stack.push(text(Int(slot), row))
            case .binary(let operation):
                let right = stack.pop()
                stack.top = operation(stack.top, right)
            case .binaryLoad(let operation, let slot):
                stack.top = operation(stack.top, number(slot, row))
            case .binaryConstant(let operation, let index):
                stack.top = operation(stack.top, numbers[Int(index)])
            case .unary(let operation): stack.top = operation(stack.top)
            case .isPresent: stack.top = stack.top.isNaN ? 0 : 1
            case .jump(let target): next = Int(target)
            case .jumpIfFalse(let target): if stack.top == 0 { next = Int(target) }
            case .jumpIfTrue(let target): if stack.top == 1 { next = Int(target) }
            case .jumpIfPresent(let target):
                if !stack.top.isNaN { next = Int(target) } else { _ = stack.pop() }
            case .branch(let ifFalse, let ifMissing):
                let condition = stack.pop()
                if condition != 1 { next = Int(condition.isNaN ? ifMissing : ifFalse) }
            case .textUnary(let operation): stack.top = apply(operation, stack.top, &row)
            case .textBinary(let operation):
                let right = stack.pop()
                stack.top = apply(operation, stack.top, right, row)
            case .isInNumbers(let start, let count):
                stack.top = isNumber(stack.top, in: Int(start)..<Int(start + count))
            case .isInTexts(let start, let count):
                stack.top = isText(stack.top, in: Int(start)..<Int(start + count), row)
            case .bucket(let start, let count):
                stack.top = bucket(of: stack.top, edges: Int(start)..<Int(start + count))
            case .clamp:
                let high = stack.pop(), low = stack.pop()
                stack.top = low <= high ? min(max(stack.top, low), high) : .nan
            case .haversine:
                let longitude2 = stack.pop(), latitude2 = stack.pop(), longitude1 = stack.pop()
                stack.top = Expression.haversine(
                    latitude1: stack.top, longitude1: longitude1, latitude2: latitude2,
                    longitude2: longitude2)
            }
        }
        return stack.top
    }

    /// A finite number, or NaN.
    @inline(__always)
    private func number(_ slot: Int32, _ row: borrowing EventRow) -> Double {
        let value = row.numbers[Int(slot)]
        return value.isFinite ? value : .nan
    }
}
