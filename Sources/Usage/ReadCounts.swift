/// How often one consumer has read one feature.
public struct ReadCounts: Equatable, Sendable {
    /// Entities that were known, and whose value was read.
    public internal(set) var reads: UInt64
    /// The task's event time at the first and the last read, milliseconds since the Unix epoch.
    public internal(set) var firstMillis: Int64
    public internal(set) var lastMillis: Int64

    public init(reads: UInt64, firstMillis: Int64, lastMillis: Int64) {
        self.reads = reads
        self.firstMillis = firstMillis
        self.lastMillis = lastMillis
    }

    /// Takes in what was counted elsewhere.
    public mutating func merge(_ other: ReadCounts) {
        reads += other.reads
        firstMillis = min(firstMillis, other.firstMillis)
        lastMillis = max(lastMillis, other.lastMillis)
    }
}
