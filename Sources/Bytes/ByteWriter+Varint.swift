/// Small numbers in few bytes: LEB128, seven bits a byte, lowest first, the high bit on all but the
/// last (DWARF 5, 7.6).
extension ByteWriter {
    /// 1 byte below 128, 10 at most.
    public mutating func append(varint value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(rest))
    }

    /// - Precondition: the value is not negative.
    public mutating func append(varint value: Int64) {
        precondition(value >= 0, "\(value) as a varint")
        append(varint: UInt64(value))
    }
}

extension ByteReader {
    private static let varintBytesMax = 10

    /// A number of `append(varint:)`, in as few bytes as it needs.
    @_lifetime(self: copy self)
    public mutating func readVarint(_ field: String) throws(FormatError) -> UInt64 {
        let start = offset
        var value: UInt64 = 0
        for place in 0..<Self.varintBytesMax {
            let byte = try readUInt8()
            let bits = UInt64(byte & 0x7f)
            let shift = UInt64(7 * place)
            guard (bits << shift) >> shift == bits, byte != 0 || place == 0 else { break }
            value |= bits << shift
            if byte < 0x80 { return value }
        }
        throw .invalid(field: field, at: start)
    }

    /// A varint that is at most `limit`.
    @_lifetime(self: copy self)
    public mutating func readVarint(
        _ field: String, max limit: Int64
    ) throws(FormatError) -> Int64 {
        let start = offset
        let value = try readVarint(field)
        guard value <= UInt64(limit) else { throw .invalid(field: field, at: start) }
        return Int64(value)
    }
}
