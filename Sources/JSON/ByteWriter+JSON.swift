public import Bytes

/// JSON text (RFC 8259) into a writer: what is written is valid UTF-8 whatever comes in. No
/// allocation but the writer's own growth.
extension ByteWriter {
    /// Appends `"…"` with the bytes escaped; bytes that are not UTF-8 become U+FFFD.
    public mutating func append(quoted bytes: borrowing RawSpan) {
        append(UInt8(ascii: "\""))
        append(escaped: bytes)
        append(UInt8(ascii: "\""))
    }

    /// Appends `"…"` with the text escaped.
    public mutating func append(quoted text: String) {
        append(quoted: unsafe text.utf8Span.span.bytes)
    }

    /// Appends `"key":`.
    public mutating func append(key: String) {
        append(quoted: key)
        append(UInt8(ascii: ":"))
    }

    /// Appends the shortest number that reads back as `value`, or `null` when it is not finite.
    public mutating func append(number value: Double) {
        if value.isFinite { append(shortest: value) } else { append("null") }
    }

    /// Appends the inside of a JSON string: runs that need no escape are copied at once.
    public mutating func append(escaped bytes: borrowing RawSpan) {
        var start = 0
        var at = 0
        while at < bytes.byteCount {
            at = JSONText.plainEnd(of: bytes, from: at)
            guard at < bytes.byteCount else { break }
            let byte = bytes.byte(at)
            if byte >= 0x80, let count = JSONText.scalarLength(of: bytes, at: at) {
                at += count
                continue
            }
            append(bytes.extracting(start..<at))
            if byte >= 0x80 {
                append("\u{FFFD}")
                at += JSONText.invalidLength(of: bytes, at: at)
            } else {
                append(escapeFor: byte)
                at += 1
            }
            start = at
        }
        append(bytes.extracting(start..<bytes.byteCount))
    }

    private mutating func append(escapeFor byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): append("\\\"")
        case UInt8(ascii: "\\"): append("\\\\")
        case UInt8(ascii: "\n"): append("\\n")
        case UInt8(ascii: "\r"): append("\\r")
        case UInt8(ascii: "\t"): append("\\t")
        default:
            append("\\u00")
            append(JSONText.hexDigit(byte >> 4))
            append(JSONText.hexDigit(byte & 15))
        }
    }
}
