extension ByteWriter {
    /// Appends the bytes in base 64 (RFC 4648, section 4), padded.
    public mutating func append(base64 bytes: borrowing RawSpan) {
        for start in stride(from: 0, to: bytes.byteCount, by: 3) {
            let count = Swift.min(3, bytes.byteCount - start)
            var group: UInt32 = 0
            for place in 0..<3 {
                group = group << 8 | (place < count ? UInt32(bytes.byte(start + place)) : 0)
            }
            for place in 0..<4 {
                append(place <= count ? Self.digit(group >> UInt32(18 - 6 * place) & 63) : 0x3d)
            }
        }
    }

    private static func digit(_ value: UInt32) -> UInt8 {
        switch UInt8(value) {
        case let value where value < 26: value + UInt8(ascii: "A")
        case let value where value < 52: value - 26 + UInt8(ascii: "a")
        case let value where value < 62: value - 52 + UInt8(ascii: "0")
        case 62: UInt8(ascii: "+")
        default: UInt8(ascii: "/")
        }
    }
}
