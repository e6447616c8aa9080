/// Why a text is not an expression, and where.
public struct ExpressionError: Error, Equatable, Sendable {
    /// Where the fault begins, in UTF-8 bytes from the start of the source.
    public let offset: Int
    /// What stands there, such as "text `merchant`".
    public let found: String
    /// What could stand there, such as "a number".
    public let expected: String
    /// What was probably meant.
    public let suggestion: String?

    init(at offset: Int, found: String, expected: String, suggestion: String? = nil) {
        self.offset = offset
        self.found = found
        self.expected = expected
        self.suggestion = suggestion
    }

    /// Line and column of the fault, both from 1; the column counts UTF-8 bytes.
    public func position(in source: String) -> (line: Int, column: Int) {
        let before = source.utf8.prefix(offset)
        let newline = UInt8(ascii: "\n")
        let line = before.reduce(1) { $1 == newline ? $0 + 1 : $0 }
        let column = before.reversed().prefix { $0 != newline }.count + 1
        return (line, column)
    }
}

extension ExpressionError: CustomStringConvertible {
    /// "found …, expected …; did you mean …?", without the position.
    public var description: String {
        let meant = suggestion.map { "; did you mean `\($0)`?" } ?? ""
        return "found \(found), expected \(expected)\(meant)"
    }
}
