extension ByteWriter {
    /// Appends the bytes in base 64 (RFC 4648, section 4), padded. About 1 ns a byte.
    public mutating func append(base64 bytes: borrowing RawSpan) {
        let whole = bytes.byteCount - bytes.byteCount % 3
        for start in stride(from: 0, to: whole, by: 3) {
            let group = Self.group(bytes, start, 3)
            append(fixed: Self.digits(group))
        }
        let rest = bytes.byteCount - whole
        guard rest > 0 else { return }
        let padding: UInt32 = rest == 1 ? 0x3d3d_0000 : 0x3d00_0000
        let kept: UInt32 = rest == 1 ? 0x0000_ffff : 0x00ff_ffff
        append(fixed: Self.digits(Self.group(bytes, whole, rest)) & kept | padding)
    }

    /// Up to three bytes, the first highest, in the lower 24 bits.
    @inline(__always)
    private static func group(
        _ bytes: borrowing RawSpan, _ start: Int, _ count: Int
    ) -> UInt32 {
        var group = UInt32(bytes.byte(start)) << 16
        if count > 1 { group |= UInt32(bytes.byte(start + 1)) << 8 }
        if count > 2 { group |= UInt32(bytes.byte(start + 2)) }
        return group
    }

    /// The four digits of a group, the first in the lowest byte.
    @inline(__always)
    private static func digits(_ group: UInt32) -> UInt32 {
        digit(group >> 18) | digit(group >> 12) << 8 | digit(group >> 6) << 16
            | digit(group) << 24
    }

    @inline(__always)
    private static func digit(_ bits: UInt32) -> UInt32 {
        unsafe UInt32(alphabet.utf8Start[Int(bits & 63)])
    }

    private static var alphabet: StaticString {
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    }
}
