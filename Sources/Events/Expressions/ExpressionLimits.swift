/// Bounds on one expression. Beyond one the source is refused with the limit's name.
enum ExpressionLimits {
    static let sourceBytesMax = 16_384
    /// Parentheses, arguments, branches and lists inside one another.
    static let nestingMax = 32
    static let instructionsMax = 1_024
    /// Operands that wait for an operator at the same time.
    static let stackValuesMax = 64
    static let listElementsMax = 1_024
    /// A longer text has no derived text: `lower` and `upper` of it are missing.
    static let derivedTextBytesMax = 65_536
    /// A longer piece of the source is cut when an error quotes it.
    static let quotedBytesMax = 40
}
