public import Bytes
internal import Sketches

/// A summary as a frame of kind `featureSummary`, version 1; all numbers little-endian:
///
///     | events u64 | missing u64 | zero u64 | non-finite u64 | unseen u64 |
///     | has last u8 | last value f64 | last time i64 |
///     | frame of moments | of quantiles | of distinct | of frequent items |
extension FeatureSummary {
    public static var frameKind: FrameKind { .featureSummary }
    public static var frameVersion: UInt16 { 1 }

    /// The payload as drawn above.
    public func appendPayload(to writer: inout ByteWriter) {
        for count in [events, missing, zero, nonFinite, unseen] { writer.append(fixed: count) }
        writer.append(fixed: UInt8(last == nil ? 0 : 1))
        writer.append(fixed: last?.value ?? 0)
        writer.append(fixed: last?.timeMillis ?? 0)
        moments.append(to: &writer)
        quantiles.append(to: &writer)
        distinct.append(to: &writer)
        frequent.append(to: &writer)
    }

    public init(restoring frame: borrowing Frame) throws(FormatError) {
        var reader = ByteReader(frame.payload)
        let events = try reader.readCount("events", max: Self.countMax)
        self.events = UInt64(events)
        missing = UInt64(try reader.readCount("missing", max: events))
        zero = UInt64(try reader.readCount("zero", max: events))
        nonFinite = UInt64(try reader.readCount("non-finite", max: events))
        unseen = UInt64(try reader.readCount("unseen", max: events))
        let hasLast = try reader.readFlag("last")
        let last = Last(
            value: try reader.readFinite("last"), timeMillis: try reader.readInt64())
        self.last = hasLast ? last : nil
        moments = try Moments(from: &reader)
        quantiles = try QuantileSketch(from: &reader)
        distinct = try DistinctSketch(from: &reader)
        frequent = try FrequentItems(from: &reader)
        try reader.end()
    }
}
