extension ByteWriter {
    public mutating func append(fixed value: UInt8) { append(value) }
    public mutating func append(fixed value: UInt16) { appendBytes(of: value.littleEndian) }
    public mutating func append(fixed value: UInt32) { appendBytes(of: value.littleEndian) }
    /// Appends the integer's bytes, lowest first.
    public mutating func append(fixed value: UInt64) { appendBytes(of: value.littleEndian) }
    public mutating func append(fixed value: Int64) { append(fixed: UInt64(bitPattern: value)) }

    /// Appends the eight bytes of the double (IEEE 754), lowest first.
    public mutating func append(fixed value: Double) { append(fixed: value.bitPattern) }

    /// Appends the count as a u64.
    public mutating func append(count value: Int) { append(fixed: UInt64(value)) }

    /// Appends the count of UTF-8 bytes (u32) and the bytes.
    public mutating func append(counted text: String) {
        append(fixed: UInt32(truncatingIfNeeded: text.utf8.count))
        append(text)
    }

    @inline(__always)
    private mutating func appendBytes<Number: FixedWidthInteger & BitwiseCopyable>(
        of value: Number
    ) {
        unsafe withUnsafeBytes(of: value) { append(unsafe RawSpan(_unsafeBytes: $0)) }
    }
}
