extension Expression {
    /// One word or mark of the source.
    struct Token {
        enum Kind: Equatable {
            case number(Double)
            case text([UInt8])
            /// A name, with its dots: `card.country`.
            case name(String)
            case symbol(Symbol)
            case end
        }

        let kind: Kind
        /// The UTF-8 bytes of the source it was read from.
        let range: Range<Int>
    }

    enum Symbol: String, CaseIterable {
        case plus = "+", minus = "-", times = "*", divide = "/", remainder = "%"
        case equal = "==", notEqual = "!="
        case lessOrEqual = "<=", less = "<", greaterOrEqual = ">=", greater = ">"
        case and = "&&", or = "||", not = "!"
        case question = "?", colon = ":", comma = ",", dot = "."
        case open = "(", close = ")", openList = "[", closeList = "]"
    }
}
