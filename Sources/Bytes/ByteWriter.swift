internal import CText

/// Bytes appended to one growing buffer that is emptied, never replaced, between uses.
///
/// Not for fixed frames (`Frame`), and not for text that outlives the buffer.
public struct ByteWriter: ~Copyable {
    private var storage: [UInt8] = []

    public init(reservingCapacity capacity: Int = 0) {
        storage.reserveCapacity(capacity)
    }

    public var count: Int { storage.count }

    /// Everything appended since the last `removeAll`.
    public var bytes: RawSpan {
        @_lifetime(borrow self) get { unsafe storage.span.bytes }
    }

    /// A copy, for bytes that must live on.
    public func copy() -> [UInt8] { storage }

    /// Empties the buffer and keeps its capacity. O(1).
    public mutating func removeAll() { storage.removeAll(keepingCapacity: true) }

    public mutating func append(_ byte: UInt8) { storage.append(byte) }

    public mutating func append(_ text: StaticString) {
        unsafe storage.append(
            contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    public mutating func append(_ text: String) { storage.append(contentsOf: text.utf8) }

    public mutating func append(_ bytes: borrowing RawSpan) {
        unsafe bytes.withUnsafeBytes { unsafe storage.append(contentsOf: $0) }
    }

    /// Replaces eight bytes that were appended before, such as a length known only afterwards.
    mutating func overwrite(at offset: Int, with value: UInt64) {
        for byte in 0..<8 {
            storage[offset + byte] = UInt8(truncatingIfNeeded: value >> UInt64(8 * byte))
        }
    }

    /// Appends the integer in decimal.
    public mutating func append(decimal value: Int64) {
        unsafe appendNumber { unsafe ctext_write_int64(value, $0) }
    }

    /// Appends the shortest decimal text that reads back as `value`, which must be finite.
    public mutating func append(shortest value: Double) {
        assert(value.isFinite, "\(value) has no decimal text")
        unsafe appendNumber { unsafe ctext_write_double(value, $0) }
    }

    private mutating func appendNumber(_ write: (UnsafeMutablePointer<CChar>) -> Int) {
        unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(CTEXT_NUMBER_BYTES_MAX))
        {
            let count = unsafe write($0.baseAddress!)
            unsafe storage.append(
                contentsOf: UnsafeRawBufferPointer(start: $0.baseAddress, count: count))
        }
    }
}
