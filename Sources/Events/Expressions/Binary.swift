internal import Glibc

extension Expression {
    /// A step from two numbers or bools to one. A missing side makes the result missing, except in
    /// `and` and `or`; so does a result that is no finite number.
    enum Binary: BitwiseCopyable, Sendable {
        case add, subtract, multiply, divide, remainder, pow, min, max
        case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
        case and, or

        @inline(never)
        func callAsFunction(_ left: Double, _ right: Double) -> Double {
            switch self {
            case .add: finite(left + right)
            case .subtract: finite(left - right)
            case .multiply: finite(left * right)
            case .divide: finite(left / right)
            case .equal: test(left == right, left, right)
            case .notEqual: test(left != right, left, right)
            case .less: test(left < right, left, right)
            case .lessOrEqual: test(left <= right, left, right)
            case .greater: test(left > right, left, right)
            case .greaterOrEqual: test(left >= right, left, right)
            case .and, .or: logic(left, right)
            case .remainder, .pow, .min, .max: rare(left, right)
            }
        }

        private func finite(_ result: Double) -> Double { result.isFinite ? result : .nan }

        private func test(_ holds: Bool, _ left: Double, _ right: Double) -> Double {
            left.isNaN || right.isNaN ? .nan : holds ? 1 : 0
        }

        /// Kleene's three values: one side can decide alone, whatever the other is.
        private func logic(_ left: Double, _ right: Double) -> Double {
            let deciding: Double = self == .and ? 0 : 1
            if left == deciding || right == deciding { return deciding }
            return left.isNaN || right.isNaN ? .nan : 1 - deciding
        }

        @inline(never)
        private func rare(_ left: Double, _ right: Double) -> Double {
            guard !left.isNaN, !right.isNaN else { return .nan }
            return switch self {
            case .remainder: finite(left.truncatingRemainder(dividingBy: right))
            case .pow: finite(Glibc.pow(left, right))
            case .min: Swift.min(left, right)
            default: Swift.max(left, right)
            }
        }
    }
}
