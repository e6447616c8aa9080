public import Bytes

/// As it is stored:
///
///     | adaptive window | Page-Hinkley: count u64 | mean, rise, fall, lowest, highest f64 |
///     | scale: count u64 | mean, squares f64 |
extension ChangeDetector {
    /// Appends the state; reading it back resumes bit for bit.
    public func append(to writer: inout ByteWriter) {
        window.append(to: &writer)
        deviations.append(to: &writer)
        writer.append(count: scale.count)
        writer.append(fixed: scale.mean)
        writer.append(fixed: scale.squares)
    }

    /// Reads what `append` wrote.
    public mutating func restore(from reader: inout ByteReader) throws(FormatError) {
        try window.restore(from: &reader)
        deviations = try PageHinkley(Self.parameters, from: &reader)
        scale.count = try reader.readCount("values", max: Self.scaleValues)
        scale.mean = try reader.readDouble()
        scale.squares = try reader.readDouble()
    }
}
