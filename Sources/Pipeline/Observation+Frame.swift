public import Bytes
internal import Statistics
internal import Usage

/// An observation is stored as its two frames, one after the other, and what is needed to publish
/// at the same places:
///
///     | frame of statistics | frame of usage | has next u8 | next i64 | published events u64 |
extension Observation {
    /// Appends the state; reading it back resumes bit for bit.
    public func append(to writer: inout ByteWriter) {
        statistics.append(to: &writer)
        usage.append(to: &writer)
        writer.append(fixed: UInt8(nextPublicationMillis == nil ? 0 : 1))
        writer.append(fixed: nextPublicationMillis ?? 0)
        writer.append(fixed: publishedEvents)
    }

    /// Reads a state that `append(to:)` wrote, of the same features. Statistics of other windows or
    /// sizes are left out: this one's begin anew, and usage goes on.
    ///
    /// - Returns: whether statistics go on.
    @discardableResult
    public mutating func restore(from reader: inout ByteReader) throws(FormatError) -> Bool {
        var restored = self
        let isAlike = try restored.statistics.restore(from: &reader)
        try restored.usage.restore(from: &reader)
        let isDue = try reader.readFlag("next")
        let next = try reader.readInt64()
        let published = try reader.readUInt64()
        if isAlike {
            restored.nextPublicationMillis = isDue ? next : nil
            restored.publishedEvents = published
        }
        self = restored
        return isAlike
    }

    /// Passes over what `append(to:)` wrote.
    static func skip(in reader: inout ByteReader) throws(FormatError) {
        for _ in 0..<2 { try reader.skip(try Frame.byteCount(of: reader.rest)) }
        _ = try reader.readFlag("next")
        try reader.skip(2 * MemoryLayout<UInt64>.size)
    }
}
