extension Expression {
    /// One step of a compiled expression on a stack of values. Jumps only go forward, so a program
    /// ends.
    enum Instruction: BitwiseCopyable, Sendable {
        /// Pushes a number, a bool (0 or 1), a missing value (NaN) or a reference to a literal
        /// text.
        case constant(Double)
        /// Pushes the number or bool of a row's slot.
        case load(slot: Int32)
        /// Pushes a reference to the text of a row's slot.
        case loadText(slot: Int32)

        /// Replaces the top.
        case unary(Unary)
        case textUnary(TextUnary)
        /// Replaces any value by whether it is there.
        case isPresent
        /// Replaces a number by whether it is in a sorted stretch of `Program.numbers`.
        case isInNumbers(start: Int32, count: Int32)
        /// Replaces a text by whether it is in a sorted stretch of `Program.texts`.
        case isInTexts(start: Int32, count: Int32)
        /// Replaces a number by how many of a sorted stretch of `Program.numbers` are not above it.
        case bucket(start: Int32, count: Int32)

        /// Replaces the two topmost, the left one below.
        case binary(Binary)
        /// `load` and `binary` in one step.
        case binaryLoad(Binary, slot: Int32)
        /// `constant` and `binary` in one step; the constant stands in `Program.numbers`.
        case binaryConstant(Binary, index: Int32)
        case textBinary(TextBinary)
        /// Replaces the three topmost.
        case clamp
        /// Replaces the four topmost.
        case haversine

        case jump(to: Int32)
        /// Jumps over the right side of `&&` with the left side kept; likewise for `||`.
        case jumpIfFalse(to: Int32)
        case jumpIfTrue(to: Int32)
        /// Jumps with the value kept, or drops it when it is missing.
        case jumpIfPresent(to: Int32)
        /// Drops the condition; goes on when it is true.
        case branch(ifFalse: Int32, ifMissing: Int32)
    }
}

extension Expression.Instruction {
    /// Values that stand on the stack after it, less those before, where it does not jump.
    var stackEffect: Int {
        switch self {
        case .constant, .load, .loadText: 1
        case .unary, .textUnary, .isPresent, .isInNumbers, .isInTexts, .bucket: 0
        case .binaryLoad, .binaryConstant: 0
        case .binary, .textBinary: -1
        case .clamp: -2
        case .haversine: -3
        case .jump, .jumpIfFalse, .jumpIfTrue: 0
        case .jumpIfPresent, .branch: -1
        }
    }

    /// The same jump to other targets.
    func jumping(to target: Int, ifMissing: Int = 0) -> Self {
        let target = Int32(target)
        return switch self {
        case .jump: .jump(to: target)
        case .jumpIfFalse: .jumpIfFalse(to: target)
        case .jumpIfTrue: .jumpIfTrue(to: target)
        case .jumpIfPresent: .jumpIfPresent(to: target)
        case .branch: .branch(ifFalse: target, ifMissing: Int32(ifMissing))
        default: self
        }
    }

    /// The slot it reads, if it reads one.
    var slot: Int? {
        switch self {
        case .load(let slot), .loadText(let slot), .binaryLoad(_, let slot): Int(slot)
        default: nil
        }
    }
}
