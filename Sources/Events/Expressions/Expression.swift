internal import Bytes

/// A formula over the slots of an event, in a subset of the Common Expression Language, compiled
/// once and evaluated for every event without allocation. `Expressions.md` describes the language.
///
/// All arithmetic is in doubles. A missing operand, a division by zero, a value outside a
/// function's domain and an overflow give a missing result; nothing traps.
public struct Expression: Sendable {
    public let type: ExpressionType
    /// One object, so that copies of an expression cost one reference.
    private let compiled: Compiled

    private final class Compiled: Sendable {
        let program: Program
        let reads: [Int]
        /// The slot of a formula that is a field as it is, the most frequent one.
        let copiedSlot: Int?

        init(_ program: Program) {
            self.program = program
            reads = Set(program.code.compactMap(\.slot)).sorted()
            if case .load(let slot) = program.code.first, program.code.count == 1 {
                copiedSlot = Int(slot)
            } else {
                copiedSlot = nil
            }
        }
    }

    /// Parses, type-checks and compiles. O(length of the source).
    public init(_ source: String, in scope: ExpressionScope) throws(ExpressionError) {
        var compiler = try Compiler(source, scope)
        type = try compiler.compile()
        compiled = Compiled(compiler.program)
    }

    /// The slots it depends on, each once, ascending.
    public var reads: [Int] { compiled.reads }

    /// The value of a number or bool (0 or 1) expression; NaN is missing.
    public func number(from row: inout EventRow) -> Double {
        assert(type != .text, "a text expression has no number")
        if let copiedSlot = compiled.copiedSlot {
            let value = row.numbers[copiedSlot]
            return value.isFinite ? value : .nan
        }
        return compiled.program.value(from: &row)
    }

    /// The value of a text expression as a stretch of the row's text, to which literal and derived
    /// texts are appended; nil is missing.
    public func text(from row: inout EventRow) -> TextRange? {
        assert(type == .text, "a \(type) expression has no text")
        let program = compiled.program
        let value = program.value(from: &row)
        guard !value.isNaN else { return nil }
        let text = TextReference(value)
        return text.isLiteral ? row.appendText(program.literal(text.range)) : text.range
    }
}
