internal import Bytes
internal import CText

/// Numbers of a checked form.
enum JSONNumber {
    /// Nil when the number is beyond the range of a double. `-0` stays a negative zero.
    static func read(_ text: borrowing RawSpan, isInteger: Bool) -> JSONValue? {
        let isNegative = text.byte(0) == UInt8(ascii: "-")
        if isInteger, let value = integer(text) {
            return isNegative && value == 0 ? .number(-0.0) : .integer(value)
        }
        if let value = double(text) { return .number(value) }
        return underflows(text) ? .number(isNegative ? -0.0 : 0.0) : nil
    }

    private static func integer(_ text: borrowing RawSpan) -> Int64? {
        var value: Int64 = 0
        let isRead = unsafe text.withUnsafeBytes {
            unsafe ctext_read_int64(
                $0.baseAddress!.assumingMemoryBound(to: CChar.self), $0.count, &value)
        }
        return isRead == 1 ? value : nil
    }

    private static func double(_ text: borrowing RawSpan) -> Double? {
        var value = 0.0
        let isRead = unsafe text.withUnsafeBytes {
            unsafe ctext_read_double(
                $0.baseAddress!.assumingMemoryBound(to: CChar.self), $0.count, &value)
        }
        return isRead == 1 ? value : nil
    }

    /// Whether a number that no double holds is too small rather than too large: its first digit
    /// that is not zero stands behind the point once the exponent is applied.
    private static func underflows(_ text: borrowing RawSpan) -> Bool {
        var exponent = 0
        var isNegative = false
        var magnitude = 0
        var isBehindPoint = false
        var isSignificant = false
        var inExponent = false
        for place in 0..<text.byteCount {
            let byte = text.byte(place)
            switch byte {
            case UInt8(ascii: "e"), UInt8(ascii: "E"): inExponent = true
            case UInt8(ascii: "-"): isNegative = inExponent
            case UInt8(ascii: "."): isBehindPoint = true
            case UInt8(ascii: "0")...UInt8(ascii: "9") where inExponent:
                exponent = min(exponent * 10 + Int(byte - 0x30), 1 << 40)
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                isSignificant = isSignificant || byte != UInt8(ascii: "0")
                if isSignificant && !isBehindPoint { magnitude += 1 }
                if !isSignificant && isBehindPoint { magnitude -= 1 }
            default: break
            }
        }
        return magnitude + (isNegative ? -exponent : exponent) <= 0
    }
}
