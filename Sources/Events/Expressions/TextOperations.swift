internal import Bytes

extension Expression {
    /// A step from one text to a number or to another text.
    enum TextUnary: BitwiseCopyable, Sendable {
        case length, hash, lower, upper
    }

    /// A step from two texts to a bool.
    enum TextBinary: BitwiseCopyable, Sendable {
        case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual
        case startsWith, endsWith, contains

        func callAsFunction(_ left: borrowing RawSpan, _ right: borrowing RawSpan) -> Bool {
            switch self {
            case .equal: isEqual(left, right)
            case .notEqual: !isEqual(left, right)
            case .less: ByteComparison.order(left, right) < 0
            case .lessOrEqual: ByteComparison.order(left, right) <= 0
            case .greater: ByteComparison.order(left, right) > 0
            case .greaterOrEqual: ByteComparison.order(left, right) >= 0
            case .startsWith: isEqual(left.extracting(first: right.byteCount), right)
            case .endsWith: isEqual(left.extracting(last: right.byteCount), right)
            case .contains: ByteComparison.contains(left, right)
            }
        }

        private func isEqual(_ left: borrowing RawSpan, _ right: borrowing RawSpan) -> Bool {
            left.byteCount == right.byteCount && ByteComparison.order(left, right) == 0
        }
    }
}

extension Expression.Unary {
    /// XXH3 of the double's eight bytes, little-endian, cut to the 53 bits a double holds exactly.
    /// Both zeros hash alike, as they are equal.
    func hashed(_ x: Double) -> Double {
        let bits: InlineArray<1, UInt64> = [(x + 0).bitPattern.littleEndian]
        return Expression.hashNumber(StableHash.of(unsafe bits.span.bytes))
    }
}

extension Expression {
    /// A hash as a number of 0 … 2^53 - 1.
    static func hashNumber(_ hash: UInt64) -> Double { Double(hash >> 11) }

    /// The number of Unicode code points in UTF-8: its bytes less the continuation bytes.
    static func codePoints(_ bytes: borrowing RawSpan) -> Int {
        unsafe bytes.withUnsafeBytes { unsafe $0.reduce(0) { $1 & 0xC0 == 0x80 ? $0 : $0 + 1 } }
    }

    static func lowercase(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }

    static func uppercase(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) ? byte & ~0x20 : byte
    }
}
