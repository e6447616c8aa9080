/// Reads what `ByteWriter` appended with `fixed`, in the same order. Never reads past the end.
public struct ByteReader: ~Escapable {
    private let bytes: RawSpan
    /// Bytes read so far.
    public private(set) var offset = 0

    @_lifetime(copy bytes)
    public init(_ bytes: RawSpan) { self.bytes = bytes }

    public var remaining: Int { bytes.byteCount - offset }

    /// One byte.
    @_lifetime(self: copy self)
    public mutating func readUInt8() throws(FormatError) -> UInt8 { try read(1).as(UInt8.self) }

    /// Two bytes, lowest first.
    @_lifetime(self: copy self)
    public mutating func readUInt16() throws(FormatError) -> UInt16 { try read(2).as(UInt16.self) }

    /// Four bytes, lowest first.
    @_lifetime(self: copy self)
    public mutating func readUInt32() throws(FormatError) -> UInt32 { try read(4).as(UInt32.self) }

    /// Eight bytes, lowest first.
    @_lifetime(self: copy self)
    public mutating func readUInt64() throws(FormatError) -> UInt64 { try read(8).as(UInt64.self) }

    /// Eight bytes, lowest first, two's complement.
    @_lifetime(self: copy self)
    public mutating func readInt64() throws(FormatError) -> Int64 {
        Int64(bitPattern: try readUInt64())
    }

    /// Eight bytes of IEEE 754, lowest first; NaN and infinity included.
    @_lifetime(self: copy self)
    public mutating func readDouble() throws(FormatError) -> Double {
        Double(bitPattern: try readUInt64())
    }

    /// A byte that is 0 or 1.
    @_lifetime(self: copy self)
    public mutating func readFlag(_ field: String) throws(FormatError) -> Bool {
        let start = offset
        let value = try readUInt8()
        guard value <= 1 else { throw .invalid(field: field, at: start) }
        return value == 1
    }

    /// A double that is a number and not infinite.
    @_lifetime(self: copy self)
    public mutating func readFinite(_ field: String) throws(FormatError) -> Double {
        let start = offset
        let value = try readDouble()
        guard value.isFinite else { throw .invalid(field: field, at: start) }
        return value
    }

    /// A u64 that is at most `limit`.
    @_lifetime(self: copy self)
    public mutating func readCount(_ field: String, max limit: Int) throws(FormatError) -> Int {
        let start = offset
        let value = try readUInt64()
        guard value <= UInt64(limit) else { throw .invalid(field: field, at: start) }
        return Int(value)
    }

    /// A u64 count of items of which each takes at least `itemBytes` of what remains, so that what
    /// is allocated for them is bounded by the bytes at hand.
    @_lifetime(self: copy self)
    public mutating func readCount(
        _ field: String, itemBytes: Int
    ) throws(FormatError) -> Int {
        try readCount(field, max: max(0, remaining - 8) / itemBytes)
    }

    /// A number of things counted so far: at most 2^56, so that no sum of counts overflows.
    @_lifetime(self: copy self)
    public mutating func readTally(_ field: String) throws(FormatError) -> UInt64 {
        let start = offset
        let tally = try readUInt64()
        guard tally <= Self.tallyMax else { throw .invalid(field: field, at: start) }
        return tally
    }

    /// What `readTally` accepts at most.
    public static let tallyMax: UInt64 = 1 << 56

    /// Text written with its count of bytes.
    @_lifetime(self: copy self)
    public mutating func readText(_ field: String, bytesMax: Int) throws(FormatError) -> String {
        let start = offset
        let count = Int(try readUInt32())
        guard count <= bytesMax else { throw .invalid(field: field, at: start) }
        let utf8 = try read(count)
        guard let text = utf8.text() else { throw .invalid(field: field, at: start) }
        return text
    }

    /// So many bytes as they are.
    @_lifetime(self: copy self)
    @_lifetime(copy self)
    public mutating func readBytes(_ count: Int) throws(FormatError) -> RawSpan {
        try read(count)
    }

    /// The rest, unread.
    public var rest: RawSpan {
        @_lifetime(copy self) get { bytes.extracting(offset..<bytes.byteCount) }
    }

    /// Passes over bytes that another reader has read.
    @_lifetime(self: copy self)
    public mutating func skip(_ count: Int) throws(FormatError) { _ = try read(count) }

    /// Throws when anything is left.
    public func end() throws(FormatError) {
        guard remaining == 0 else { throw .trailing(at: offset, count: remaining) }
    }

    @_lifetime(self: copy self)
    @_lifetime(copy self)
    private mutating func read(_ count: Int) throws(FormatError) -> RawSpan {
        guard count >= 0, count <= remaining else {
            throw .truncated(at: offset, needed: count, available: remaining)
        }
        let start = offset
        offset += count
        return bytes.extracting(start..<offset)
    }
}

extension RawSpan {
    fileprivate func `as`<Number: FixedWidthInteger & BitwiseCopyable>(_: Number.Type) -> Number {
        Number(littleEndian: unsafe unsafeLoadUnaligned(as: Number.self))
    }

    fileprivate func text() -> String? {
        unsafe withUnsafeBytes { unsafe String(validating: $0, as: UTF8.self) }
    }
}
