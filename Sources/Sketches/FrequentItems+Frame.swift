public import Bytes

/// The counters as a frame of kind `frequentItems`, version 1; all numbers little-endian:
///
///     | log2 capacity u8 | total u64 | count error u64 | count u64 | count × entry |
///     entry: | item u64 | count u64 |                                                  16 bytes
///
/// Entries stand in ascending order of their items: equal contents give equal bytes.
extension FrequentItems {
    public static var frameKind: FrameKind { .frequentItems }
    public static var frameVersion: UInt16 { 1 }

    /// The payload as drawn above.
    public func appendPayload(to writer: inout ByteWriter) {
        writer.append(fixed: UInt8(capacity.trailingZeroBitCount))
        writer.append(fixed: total)
        writer.append(fixed: countError)
        writer.append(count: used)
        for entry in entries().sorted(by: { $0.item < $1.item }) {
            writer.append(fixed: entry.item)
            writer.append(fixed: entry.least)
        }
    }

    public init(restoring frame: borrowing Frame) throws(FormatError) {
        var reader = ByteReader(frame.payload)
        let bits = Int(try reader.readUInt8())
        guard bits < 32, Self.capacities.contains(1 << bits) else {
            throw .invalid(field: "capacity", at: 0)
        }
        let total = try reader.readCount("total", max: Self.countMax)
        let countError = try reader.readCount("count error", max: total)
        let count = try reader.readCount("count", max: min(1 << bits, reader.remaining / 16))
        self.init(capacity: 1 << bits)
        (self.total, self.countError) = (UInt64(total), UInt64(countError))
        var room = UInt64(total)
        var next: UInt64? = 0
        for _ in 0..<count {
            let start = reader.offset
            let (item, occurrences) = (try reader.readUInt64(), try reader.readUInt64())
            guard let least = next, item >= least, occurrences > 0, occurrences <= room else {
                throw .invalid(field: "entry", at: start)
            }
            room -= occurrences
            next = item < .max ? item + 1 : nil
            add(item, occurrences)
        }
        try reader.end()
    }
}
