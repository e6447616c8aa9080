/// Something that statistics are kept of.
public struct StatisticsColumn: Equatable, Sendable {
    public let name: String
    public let source: Source

    /// Where its values come from.
    public enum Source: Equatable, Sendable {
        /// A number of the event's row.
        case number(slot: Int)
        /// A category hashed into so many buckets.
        case category(buckets: Int)
        /// The score.
        case score
    }

    public init(name: String, source: Source) {
        self.name = name
        self.source = source
    }
}
