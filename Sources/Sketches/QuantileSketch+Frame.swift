public import Bytes

/// The sketch as a frame of kind `quantileSketch`, version 1; all numbers little-endian:
///
///     | k u32 | count u64 | min f64 | max f64 | coin u64 | shift u8 |
///     | sampler: item f64 | seen u64 | chosen u64 |
///     | levels u8 | (1 + levels) × ( | count u64 | count × f64 | ) |   the buffer, then the levels
extension QuantileSketch {
    public static var frameKind: FrameKind { .quantileSketch }
    public static var frameVersion: UInt16 { 1 }
    private static let shiftMax = 48

    /// The payload as drawn above.
    public func appendPayload(to writer: inout ByteWriter) {
        writer.append(fixed: UInt32(k))
        writer.append(fixed: count)
        writer.append(fixed: min)
        writer.append(fixed: max)
        writer.append(fixed: coin)
        writer.append(fixed: UInt8(shift))
        writer.append(fixed: sampler.item)
        writer.append(fixed: sampler.seen)
        writer.append(fixed: sampler.chosen)
        writer.append(fixed: UInt8(levels.count))
        for items in [buffer] + levels {
            writer.append(count: items.count)
            for item in items { writer.append(fixed: item) }
        }
    }

    public init(restoring frame: borrowing Frame) throws(FormatError) {
        var reader = ByteReader(frame.payload)
        let k = Int(try reader.readUInt32())
        guard Self.sizes.contains(k) else { throw .invalid(field: "k", at: 0) }
        self.init(k: k)
        count = UInt64(try reader.readCount("count", max: Self.countMax))
        (min, max) = (try reader.readDouble(), try reader.readDouble())
        coin = try reader.readUInt64()
        shift = Int(try reader.readUInt8())
        sampler.item = try reader.readDouble()
        (sampler.seen, sampler.chosen) = (try reader.readUInt64(), try reader.readUInt64())
        let levelCount = Int(try reader.readUInt8())
        guard levelCount <= Self.levelsMax, shift + levelCount <= Self.shiftMax else {
            throw .invalid(field: "levels", at: reader.offset - 1)
        }
        let group = 1 << UInt64(shift) as UInt64
        guard sampler.seen < group, sampler.chosen < group else {
            throw .invalid(field: "sampler", at: reader.offset)
        }
        try restoreItems(levelCount, from: &reader)
        try reader.end()
        guard weight == count, count > 0 ? min <= max : min == .infinity && max == -.infinity else {
            throw .invalid(field: "count", at: 4)
        }
    }

    private mutating func restoreItems(
        _ levelCount: Int, from reader: inout ByteReader
    ) throws(FormatError) {
        let itemsMax = Self.itemsMax(k: k)
        for level in 0...levelCount {
            let start = reader.offset
            var items: [Double] = []
            // No level stands for more values than a sketch may have, so that their sum is a count.
            let most = Swift.min(itemsMax, Self.countMax >> (shift + level))
            for _ in 0..<(try reader.readCount("items", max: most)) {
                let item = try reader.readDouble()
                guard item >= min, item <= max else {
                    throw .invalid(field: "items", at: start)
                }
                items.append(item)
            }
            if level == 0 {
                buffer = items
            } else {
                appendLevel()
                levels[level - 1].append(contentsOf: items)
            }
        }
        guard buffer.count < bufferCapacity else { throw .invalid(field: "buffer", at: 0) }
    }

    /// How many values the items stand for.
    var weight: UInt64 {
        levels.indices.reduce(sampler.seen + UInt64(buffer.count) << UInt64(shift)) {
            $0 + UInt64(levels[$1].count) << UInt64(shift + 1 + $1)
        }
    }
}
