/// A stored piece of state that says what it is and proves that it is whole.
///
///     0       4         6      8        16            16+n
///     | magic | version | kind | n      | n bytes     | XXH3-64 of all before |   little-endian
///     | ESPL  | u16     | u16  | u64    | payload     | u64                   |
///
/// The version is the payload's, per kind. Frames may stand in each other and one after another.
public struct Frame: ~Escapable {
    /// `ESPL`, read as a little-endian number.
    static let magic: UInt32 = 0x4c50_5345
    private static let headerBytes = 16
    private static let checksumBytes = 8

    public let version: UInt16
    public let payload: RawSpan
    /// Header, payload and checksum: where the next frame begins.
    public let byteCount: Int

    /// Verifies the frame at the front of `bytes`. O(its size), about 20 GB/s.
    ///
    /// - Throws: `FormatError`, whatever the bytes are.
    @_lifetime(copy bytes)
    public init(
        _ bytes: RawSpan, kind: FrameKind, newestVersion: UInt16
    ) throws(FormatError) {
        var header = ByteReader(bytes)
        let magic = try header.readUInt32()
        guard magic == Self.magic else { throw .notAFrame(found: magic) }
        let version = try header.readUInt16()
        let foundKind = try header.readUInt16()
        let length = try header.readUInt64()
        let room = bytes.byteCount - Self.headerBytes - Self.checksumBytes
        guard room >= 0, length <= UInt64(room) else {
            let needed = Int(clamping: length.addingReportingOverflow(8).partialValue)
            throw .truncated(
                at: Self.headerBytes, needed: needed,
                available: bytes.byteCount - Self.headerBytes)
        }
        let end = Self.headerBytes + Int(length)
        var tail = ByteReader(bytes.extracting(end..<end + Self.checksumBytes))
        let found = try tail.readUInt64()
        let computed = StableHash.of(bytes.extracting(0..<end))
        guard found == computed else {
            throw .checksumMismatch(found: found, computed: computed)
        }
        guard foundKind == kind.rawValue else {
            throw .wrongKind(found: foundKind, expected: kind)
        }
        guard version <= newestVersion else {
            throw .newerVersion(found: version, newestKnown: newestVersion)
        }
        self.version = version
        payload = bytes.extracting(Self.headerBytes..<end)
        byteCount = end + Self.checksumBytes
    }
}

extension Frame {
    /// What the frame at the front of `bytes` says it holds; nothing is verified yet.
    public static func kind(of bytes: RawSpan) throws(FormatError) -> FrameKind {
        var header = ByteReader(bytes)
        let magic = try header.readUInt32()
        guard magic == Self.magic else { throw .notAFrame(found: magic) }
        _ = try header.readUInt16()
        guard let kind = FrameKind(rawValue: try header.readUInt16()) else {
            throw .invalid(field: "kind of frame", at: 6)
        }
        return kind
    }

    /// How many bytes the frame at the front of `bytes` takes, checked to be there.
    public static func byteCount(of bytes: RawSpan) throws(FormatError) -> Int {
        var header = ByteReader(bytes)
        try header.skip(8)
        let rest = try header.readCount("length", max: Int.max - headerBytes - checksumBytes)
        guard rest + checksumBytes <= header.remaining else {
            throw .truncated(
                at: headerBytes, needed: rest + checksumBytes, available: header.remaining)
        }
        return headerBytes + rest + checksumBytes
    }
}

extension ByteWriter {
    /// Appends a frame whose payload is what `body` appends.
    public mutating func appendFrame(
        _ kind: FrameKind, version: UInt16, _ body: (_ payload: inout ByteWriter) -> Void
    ) {
        let start = count
        append(fixed: Frame.magic)
        append(fixed: version)
        append(fixed: kind.rawValue)
        append(fixed: UInt64(0))
        let payloadStart = count
        body(&self)
        overwrite(at: payloadStart - 8, with: UInt64(count - payloadStart))
        append(fixed: StableHash.of(bytes.extracting(start..<count)))
    }
}
