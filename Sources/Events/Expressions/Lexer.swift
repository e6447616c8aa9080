extension Expression {
    /// Cuts the source into tokens, one at a time.
    struct Lexer {
        private let bytes: [UInt8]
        private var next = 0

        init(_ source: String) {
            bytes = Array(source.utf8)
        }

        /// A piece of the source for an error, cut to `quotedBytesMax`.
        func quote(_ range: Range<Int>) -> String {
            guard range.count > ExpressionLimits.quotedBytesMax else {
                return String(decoding: bytes[range], as: UTF8.self)
            }
            let end = range.lowerBound + ExpressionLimits.quotedBytesMax
            return String(decoding: bytes[range.lowerBound..<end], as: UTF8.self) + "…"
        }

        mutating func token() throws(ExpressionError) -> Token {
            skipBlanks()
            let start = next
            guard let byte = peek() else { return Token(kind: .end, range: start..<start) }
            let kind: Token.Kind
            switch byte {
            case _ where Self.startsName(byte): kind = name()
            case UInt8(ascii: "0")...UInt8(ascii: "9"): kind = .number(try number())
            case UInt8(ascii: ".") where peek(1).map(Self.isDigit) == true:
                kind = .number(try number())
            case UInt8(ascii: "'"), UInt8(ascii: "\""): kind = .text(try text(quotedBy: byte))
            default: kind = .symbol(try symbol())
            }
            return Token(kind: kind, range: start..<next)
        }

        private func peek(_ ahead: Int = 0) -> UInt8? {
            next + ahead < bytes.count ? bytes[next + ahead] : nil
        }

        /// Blanks, line ends, and comments from `//` to the end of the line.
        private mutating func skipBlanks() {
            while let byte = peek() {
                if byte == UInt8(ascii: "/"), peek(1) == UInt8(ascii: "/") {
                    while let skipped = peek(), skipped != UInt8(ascii: "\n") { next += 1 }
                } else if byte == 0x20 || (0x09...0x0D).contains(byte) {
                    next += 1
                } else {
                    return
                }
            }
        }

        /// Letters, digits and underscores, in parts joined by dots.
        private mutating func name() -> Token.Kind {
            let start = next
            while let byte = peek() {
                let joins = byte == UInt8(ascii: ".") && peek(1).map(Self.startsName) == true
                guard joins || Self.startsName(byte) || Self.isDigit(byte) else { break }
                next += 1
            }
            return .name(String(decoding: bytes[start..<next], as: UTF8.self))
        }

        private mutating func symbol() throws(ExpressionError) -> Symbol {
            let pair = String(decoding: bytes[next..<min(next + 2, bytes.count)], as: UTF8.self)
            if let symbol = Symbol(rawValue: pair) ?? Symbol(rawValue: String(pair.prefix(1))) {
                next += symbol.rawValue.utf8.count
                return symbol
            }
            let doubled = ["=": "==", "&": "&&", "|": "||"][String(pair.prefix(1))]
            throw ExpressionError(
                at: next, found: "`\(scalar(at: next))`", expected: "a value or an operator",
                suggestion: doubled)
        }

        /// The whole character at a byte, for an error.
        private func scalar(at offset: Int) -> String {
            var end = offset + 1
            while end < bytes.count, bytes[end] & 0xC0 == 0x80 { end += 1 }
            return String(decoding: bytes[offset..<end], as: UTF8.self)
        }

        static func isDigit(_ byte: UInt8) -> Bool {
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }

        static func startsName(_ byte: UInt8) -> Bool {
            let lower = byte | 0x20
            return (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(lower)
                || byte == UInt8(ascii: "_")
        }
    }
}

extension Expression.Lexer {
    /// Digits with an optional fraction and exponent: `12`, `.5`, `1.25e-3`.
    private mutating func number() throws(ExpressionError) -> Double {
        let start = next
        skipDigits()
        var isInteger = true
        if peek() == UInt8(ascii: "."), peek(1).map(Self.isDigit) == true {
            isInteger = false
            next += 1
            skipDigits()
        }
        if let byte = peek(), byte | 0x20 == UInt8(ascii: "e") {
            let signed = peek(1) == UInt8(ascii: "+") || peek(1) == UInt8(ascii: "-")
            if peek(signed ? 2 : 1).map(Self.isDigit) == true {
                isInteger = false
                next += signed ? 2 : 1
                skipDigits()
            }
        }
        if let byte = peek(), Self.startsName(byte) {
            while let byte = peek(), Self.startsName(byte) || Self.isDigit(byte) { next += 1 }
            throw ExpressionError(
                at: start, found: "`\(quote(start..<next))`",
                expected: "a number such as 12 or 1.5e3")
        }
        return try value(of: start..<next, isInteger: isInteger)
    }

    private func value(of range: Range<Int>, isInteger: Bool) throws(ExpressionError) -> Double {
        let value = Double(String(decoding: bytes[range], as: UTF8.self))
        guard let value, value.isFinite else {
            throw ExpressionError(
                at: range.lowerBound, found: "`\(quote(range))`",
                expected: "a number of at most 1.797e308")
        }
        let integersMax = 9_007_199_254_740_992.0
        guard !isInteger || value < integersMax else {
            throw ExpressionError(
                at: range.lowerBound, found: "`\(quote(range))`",
                expected: "an integer below 2^53, which a double holds exactly")
        }
        return value
    }

    private mutating func skipDigits() {
        while let byte = peek(), Self.isDigit(byte) { next += 1 }
    }

    private mutating func text(quotedBy quote: UInt8) throws(ExpressionError) -> [UInt8] {
        let start = next
        var content: [UInt8] = []
        next += 1
        while let byte = peek(), byte != UInt8(ascii: "\n") {
            next += 1
            if byte == quote { return content }
            if byte == UInt8(ascii: "\\") {
                content.append(contentsOf: String(try escape(at: next - 1)).utf8)
            } else {
                content.append(byte)
            }
        }
        throw ExpressionError(
            at: start, found: "text without an end",
            expected: "a closing \(quote == UInt8(ascii: "'") ? "'" : "\"") on the same line")
    }

    /// What stands after a backslash.
    private mutating func escape(at start: Int) throws(ExpressionError) -> Unicode.Scalar {
        let letter = peek() ?? 0
        next += letter == 0 ? 0 : 1
        switch letter {
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "\""):
            return Unicode.Scalar(letter)
        case UInt8(ascii: "x"): return try codePoint(digits: 2, at: start)
        case UInt8(ascii: "u"): return try codePoint(digits: 4, at: start)
        case UInt8(ascii: "U"): return try codePoint(digits: 8, at: start)
        default:
            throw ExpressionError(
                at: start, found: "`\\\(letter == 0 ? "" : scalar(at: next - 1))`",
                expected: #"one of \n \r \t \\ \' \" \xHH \uHHHH \UHHHHHHHH"#)
        }
    }

    private mutating func codePoint(
        digits: Int, at start: Int
    ) throws(ExpressionError) -> Unicode.Scalar {
        let end = min(next + digits, bytes.count)
        let hex = String(decoding: bytes[next..<end], as: UTF8.self)
        guard hex.utf8.count == digits, hex.utf8.allSatisfy(Self.isHexDigit),
            let number = UInt32(hex, radix: 16), let scalar = Unicode.Scalar(number)
        else {
            throw ExpressionError(
                at: start, found: "`\(quote(start..<end))`",
                expected: "\(digits) hexadecimal digits of a Unicode code point")
        }
        next = end
        return scalar
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20)
    }
}
