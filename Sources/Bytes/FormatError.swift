/// Why stored bytes are not what a reader was told to expect. Offsets are bytes from the start of
/// what was read.
public enum FormatError: Error, Equatable, Sendable {
    case truncated(at: Int, needed: Int, available: Int)
    /// The first four bytes are not a frame's.
    case notAFrame(found: UInt32)
    case newerVersion(found: UInt16, newestKnown: UInt16)
    case wrongKind(found: UInt16, expected: FrameKind)
    case checksumMismatch(found: UInt64, computed: UInt64)
    /// A field holds what its writer never writes, or what does not fit the reader.
    case invalid(field: String, at: Int)
    /// More of something than the reader's settings allow; the writer's did.
    case aboveLimit(_ what: String, found: Int, limit: Int)
    /// Bytes after the last field.
    case trailing(at: Int, count: Int)
}

extension FormatError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .truncated(let offset, let needed, let available):
            "byte \(offset): \(available) bytes left; expected \(needed)"
        case .notAFrame(let found):
            "byte 0: found \(hex(UInt64(found))); expected a frame's \(hex(UInt64(Frame.magic)))"
        case .newerVersion(let found, let newestKnown):
            "format version \(found); the newest known here is \(newestKnown)"
        case .wrongKind(let found, let expected):
            "frame of kind \(found); expected \(expected.rawValue) (\(expected))"
        case .checksumMismatch(let found, let computed):
            "checksum \(hex(found)) stored; \(hex(computed)) computed: the bytes were changed"
        case .invalid(let field, let offset): "byte \(offset): invalid \(field)"
        case .aboveLimit(let what, let found, let limit):
            "found \(what) \(found), above the limit of \(limit): what wrote it had a higher one"
        case .trailing(let offset, let count):
            "byte \(offset): \(count) bytes left; expected the end"
        }
    }

    private func hex(_ value: UInt64) -> String { "0x" + String(value, radix: 16) }
}
