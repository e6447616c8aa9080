/// A text on the stack of an expression: where its bytes stand, as the bit pattern of a double that
/// is never NaN, so that NaN is the one mark of a missing value, of whatever type.
///
///     bit 63   62 … 32   31 … 0
///     literal  start     count
struct TextReference {
    let bits: UInt64

    /// A start from here on would make the pattern a NaN or an infinity.
    static let startMax: UInt32 = 0x7FF0_0000
    private static let literalBit: UInt64 = 1 << 63

    init(_ value: Double) {
        bits = value.bitPattern
    }

    /// A stretch of the program's literals.
    init(literal range: TextRange) {
        assert(range.start < Self.startMax)
        bits = Self.literalBit | UInt64(range.start) << 32 | UInt64(range.count)
    }

    /// A stretch of a row's text.
    init(_ range: TextRange) {
        bits = UInt64(range.start) << 32 | UInt64(range.count)
    }

    var value: Double { Double(bitPattern: bits) }
    var isLiteral: Bool { bits & Self.literalBit != 0 }
    var count: Int { Int(bits & 0xFFFF_FFFF) }
    var start: Int { Int(bits >> 32 & 0x7FFF_FFFF) }
    var range: TextRange { TextRange(start: start, count: count) }
}
