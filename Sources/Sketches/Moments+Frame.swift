public import Bytes

/// Moments as a frame of kind `moments`, version 1; all numbers little-endian:
///
///     | count u64 | min f64 | max f64 | mean f64 | M2 f64 | M3 f64 | M4 f64 |          56 bytes
extension Moments {
    public static var frameKind: FrameKind { .moments }
    public static var frameVersion: UInt16 { 1 }

    /// The payload as drawn above.
    public func appendPayload(to writer: inout ByteWriter) {
        writer.append(fixed: count)
        for number in [min, max, center, squares, cubes, quarts] { writer.append(fixed: number) }
    }

    public init(restoring frame: borrowing Frame) throws(FormatError) {
        var reader = ByteReader(frame.payload)
        count = try reader.readUInt64()
        (min, max) = (try reader.readDouble(), try reader.readDouble())
        center = try reader.readDouble()
        (squares, cubes) = (try reader.readDouble(), try reader.readDouble())
        quarts = try reader.readDouble()
        guard count == 0 ? self == Moments() : isPossible else {
            throw .invalid(field: "moments", at: 0)
        }
        try reader.end()
    }

    /// What sums of finite numbers can be; overflow included.
    private var isPossible: Bool {
        min.isFinite && max.isFinite && min <= max && count <= UInt64(Self.countMax)
            && !(squares < 0) && !(quarts < 0)
    }
}

extension Moments {
    /// Equal bits; sums that overflowed are equal to themselves.
    public static func == (a: Moments, b: Moments) -> Bool {
        func bits(_ m: Moments) -> [UInt64] {
            [m.min, m.max, m.center, m.squares, m.cubes, m.quarts].map(\.bitPattern)
        }
        return a.count == b.count && bits(a) == bits(b)
    }
}
