public import Bytes

/// The registers as a frame of kind `distinctSketch`, version 1:
///
///     | precision u8 | 2^precision × u8 |
extension DistinctSketch {
    public static var frameKind: FrameKind { .distinctSketch }
    public static var frameVersion: UInt16 { 1 }

    /// The payload as drawn above.
    public func appendPayload(to writer: inout ByteWriter) {
        writer.append(fixed: UInt8(precision))
        writer.append(unsafe registers.span.bytes)
    }

    public init(restoring frame: borrowing Frame) throws(FormatError) {
        var reader = ByteReader(frame.payload)
        let precision = Int(try reader.readUInt8())
        guard Self.precisions.contains(precision), reader.remaining == 1 << precision else {
            throw .invalid(field: "precision", at: 0)
        }
        self.init(precision: precision)
        for index in registers.indices {
            let start = reader.offset
            let position = try reader.readUInt8()
            guard position <= 65 - precision else { throw .invalid(field: "register", at: start) }
            registers[index] = position
        }
        try reader.end()
    }
}
