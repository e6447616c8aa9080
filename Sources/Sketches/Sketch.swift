public import Bytes

/// A summary of a stream in bounded memory that can be merged with others of the same settings.
///
/// Laws, held by one list of tests for all sketches: an empty sketch is neutral; merging is
/// commutative and associative, and a merged sketch tells what one sketch over all the values would
/// tell, within the error promised by each; a frame read back equals what was written; the size
/// never exceeds `byteCountMax`. A sketch is a fold: the same calls in the same order give the same
/// bytes, for what looks random in it is drawn from its own state.
public protocol Sketch: Equatable, Sendable {
    static var frameKind: FrameKind { get }
    static var frameVersion: UInt16 { get }

    /// Whether nothing has been taken in.
    var isEmpty: Bool { get }

    /// The most bytes that a sketch of these settings ever holds, its fields included.
    var byteCountMax: Int { get }

    /// Takes in everything that the other one has.
    ///
    /// - Precondition: both have the same settings.
    mutating func merge(_ other: borrowing Self)

    /// Forgets everything and keeps settings and memory.
    mutating func removeAll()

    /// Appends the frame's payload; reading it back resumes bit for bit.
    func appendPayload(to writer: inout ByteWriter)

    /// Reads what `appendPayload` wrote. Hostile bytes throw; none grow memory beyond their size.
    init(restoring frame: borrowing Frame) throws(FormatError)
}

extension Sketch {
    /// The most values that a frame may claim, so that merging hostile frames cannot overflow: nine
    /// years of a million a second.
    public static var countMax: Int { 1 << 48 }

    public func append(to writer: inout ByteWriter) {
        writer.appendFrame(Self.frameKind, version: Self.frameVersion) { appendPayload(to: &$0) }
    }

    /// Reads the sketch at the front of what is left, and passes over it.
    @_lifetime(reader: copy reader)
    public init(from reader: inout ByteReader) throws(FormatError) {
        let frame = try Frame(
            reader.rest, kind: Self.frameKind, newestVersion: Self.frameVersion)
        self = try Self(restoring: frame)
        try reader.skip(frame.byteCount)
    }
}
