internal import CText

/// Bytes appended to one growing buffer that is emptied, never replaced, between uses.
///
/// Owns plain memory rather than an array: every append is one bounds check and one copy. Not for
/// fixed frames (`Frame`), and not for text that outlives the buffer.
@safe public struct ByteWriter: ~Copyable {
    @usableFromInline var base: UnsafeMutableRawPointer
    @usableFromInline var capacity: Int
    @usableFromInline var length = 0

    public init(reservingCapacity capacity: Int = 64) {
        self.capacity = max(capacity, 64)
        unsafe base = .allocate(byteCount: self.capacity, alignment: 16)
    }

    /// Bytes appended since the last `removeAll`.
    @inlinable public var count: Int { length }

    deinit { unsafe base.deallocate() }

    /// Everything appended since the last `removeAll`.
    public var bytes: RawSpan {
        @_lifetime(borrow self) get {
            let span = unsafe RawSpan(_unsafeStart: base, byteCount: count)
            return unsafe _overrideLifetime(span, borrowing: self)
        }
    }

    /// A copy, for bytes that must live on.
    public func copy() -> [UInt8] {
        unsafe Array(UnsafeRawBufferPointer(start: base, count: count))
    }

    /// Empties the buffer and keeps its capacity. O(1).
    public mutating func removeAll() { length = 0 }

    /// Takes back the last `removed` bytes.
    public mutating func removeLast(_ removed: Int) {
        precondition((0...count).contains(removed), "\(removed) of \(count) bytes")
        length -= removed
    }

    @inlinable
    @inline(__always)
    public mutating func append(_ byte: UInt8) {
        unsafe room(for: 1).storeBytes(of: byte, as: UInt8.self)
        length += 1
    }

    /// Appends a literal; its length is known where it is written, so this is a few stores.
    @inlinable
    @inline(__always)
    public mutating func append(_ text: StaticString) {
        let count = text.utf8CodeUnitCount
        unsafe room(for: count).copyMemory(from: text.utf8Start, byteCount: count)
        length += count
    }

    public mutating func append(_ text: String) {
        var text = text
        text.withUTF8 { unsafe append(UnsafeRawBufferPointer($0)) }
    }

    @inlinable
    public mutating func append(_ bytes: borrowing RawSpan) {
        unsafe bytes.withUnsafeBytes { unsafe append($0) }
    }

    @inlinable
    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress else { return }
        unsafe room(for: bytes.count).copyMemory(from: start, byteCount: bytes.count)
        length += bytes.count
    }

    /// Appends so many bytes of value 0.
    public mutating func append(zeros count: Int) {
        unsafe room(for: count).initializeMemory(as: UInt8.self, repeating: 0, count: count)
        length += count
    }

    /// Replaces eight bytes that were appended before, such as a length known only afterwards.
    mutating func overwrite(at offset: Int, with value: UInt64) {
        precondition(offset >= 0 && offset + 8 <= count, "8 bytes at \(offset) of \(count)")
        unsafe base.storeBytes(of: value.littleEndian, toByteOffset: offset, as: UInt64.self)
    }

    /// Appends the integer in decimal.
    public mutating func append(decimal value: Int64) {
        let end = unsafe room(for: Int(CTEXT_NUMBER_BYTES_MAX)).assumingMemoryBound(to: CChar.self)
        length += unsafe ctext_write_int64(value, end)
    }

    /// Appends the shortest decimal text that reads back as `value`, which must be finite.
    public mutating func append(shortest value: Double) {
        assert(value.isFinite, "\(value) has no decimal text")
        let end = unsafe room(for: Int(CTEXT_NUMBER_BYTES_MAX)).assumingMemoryBound(to: CChar.self)
        length += unsafe ctext_write_double(value, end)
    }

    /// Appends the shortest decimal text that reads back as the single-precision `value`, which
    /// must be finite: half as long as a double's.
    public mutating func append(shortest value: Float) {
        assert(value.isFinite, "\(value) has no decimal text")
        let end = unsafe room(for: Int(CTEXT_NUMBER_BYTES_MAX)).assumingMemoryBound(to: CChar.self)
        length += unsafe ctext_write_float(value, end)
    }

    /// The end of what is written, with room behind it.
    @inlinable
    mutating func room(for more: Int) -> UnsafeMutableRawPointer {
        if count + more > capacity { grow(by: more) }
        return unsafe base + count
    }

    @usableFromInline
    mutating func grow(by more: Int) {
        let newCapacity = max(2 * capacity, count + more)
        let newBase = UnsafeMutableRawPointer.allocate(byteCount: newCapacity, alignment: 16)
        unsafe newBase.copyMemory(from: base, byteCount: count)
        unsafe base.deallocate()
        unsafe base = newBase
        capacity = newCapacity
    }
}
