/// Where a record comes from and when it was written.
public struct RecordOrigin: Equatable, Sendable {
    /// Which of a project's two streams it belongs to.
    public enum Stream: Int, Sendable {
        case events, labels
    }

    public var stream: Stream
    public var partition: Int32
    public var offset: Int64
    /// The record's own timestamp, milliseconds since the Unix epoch.
    public var timestampMillis: Int64

    public init(stream: Stream, partition: Int32, offset: Int64, timestampMillis: Int64) {
        self.stream = stream
        self.partition = partition
        self.offset = offset
        self.timestampMillis = timestampMillis
    }
}
