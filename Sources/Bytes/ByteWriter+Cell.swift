/// Cells of CSV (RFC 4180).
extension ByteWriter {
    /// Appends one cell, in quotes where it needs them.
    public mutating func append(cell text: String) {
        append(cell: unsafe text.utf8Span.span.bytes)
    }

    /// Appends one cell, in quotes where it needs them.
    public mutating func append(cell bytes: borrowing RawSpan) {
        let needsQuotes = unsafe bytes.withUnsafeBytes {
            unsafe $0.contains(where: Self.isSpecial)
        }
        guard needsQuotes else { return append(bytes) }
        append(UInt8(ascii: "\""))
        for at in 0..<bytes.byteCount {
            let byte = bytes.byte(at)
            if byte == UInt8(ascii: "\"") { append(byte) }
            append(byte)
        }
        append(UInt8(ascii: "\""))
    }

    private static func isSpecial(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\n")
            || byte == UInt8(ascii: "\r")
    }
}
