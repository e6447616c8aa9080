/// What is kept of every feature, and how exactly.
public struct StatisticsSettings: Equatable, Sendable {
    /// Widths of the tumbling windows, shortest first, each a multiple of the one before: 5
    /// minutes, 1 hour, 1 day. Besides, the whole life of the stream is kept.
    public var windowsMillis: [Int64] = [300_000, 3_600_000, 86_400_000]
    /// `QuantileSketch.k`: 200 promises ranks to 1.33 %, whole distributions to 1.65 %.
    public var quantileSize = 200
    /// `DistinctSketch.precision`: 10 bits, 3.3 %.
    public var distinctPrecision = 10
    /// `FrequentItems.capacity`.
    public var frequentCapacity = 32
    /// Distinct values of the segment field that are kept apart; further ones are one segment.
    public var segmentsMax = 8

    public init() {}

    /// Windows at most.
    public static let windowsMax = 6

    /// Why these settings cannot be used.
    public enum Fault: Error, Equatable, Sendable {
        /// Widths are positive, ascending, each a multiple of the one before, at most `windowsMax`.
        case windows([Int64])
        case quantileSize(Int)
        case distinctPrecision(Int)
        case frequentCapacity(Int)
        case segments(Int)
    }

    /// Throws what is wrong with them.
    public func validate() throws(Fault) {
        let isChain = zip(windowsMillis, windowsMillis.dropFirst()).allSatisfy {
            $0 > 0 && $1 > $0 && $1 % $0 == 0
        }
        guard isChain, windowsMillis.first ?? 1 > 0, windowsMillis.count <= Self.windowsMax else {
            throw .windows(windowsMillis)
        }
        guard (8...4_096).contains(quantileSize) else { throw .quantileSize(quantileSize) }
        guard (4...16).contains(distinctPrecision) else {
            throw .distinctPrecision(distinctPrecision)
        }
        guard (8...4_096).contains(frequentCapacity), frequentCapacity.nonzeroBitCount == 1 else {
            throw .frequentCapacity(frequentCapacity)
        }
        guard (0...1_024).contains(segmentsMax) else { throw .segments(segmentsMax) }
    }
}

extension StatisticsSettings {
    /// The same with a window of this width among the others.
    ///
    /// - Throws: `windows` when it does not nest with them, or there are too many.
    public func including(windowMillis: Int64) throws(Fault) -> StatisticsSettings {
        guard !windowsMillis.contains(windowMillis) else { return self }
        var wider = self
        wider.windowsMillis = (windowsMillis + [windowMillis]).sorted()
        try wider.validate()
        return wider
    }

    /// The most bytes of one summary: 13 kB with the defaults.
    public var summaryByteCountMax: Int { FeatureSummary(self).byteCountMax }

    /// The most bytes that the statistics of so many columns take: for each column and segment one
    /// summary a window that is open, one a window that closed last, and the rest of the lifetime;
    /// a batch of events; and a bit for each bucket of the categories.
    ///
    /// With the defaults at most 90 kB a column; typically half of it.
    ///
    /// - Parameter isSegmented: whether they are kept apart by a field; events beyond
    ///   `segmentsMax` values of it are one segment more.
    public func byteCountMax(columns: Int, isSegmented: Bool = false, buckets: Int = 0) -> Int {
        let segments = isSegmented ? segmentsMax + 1 : 1
        let summaries = columns * segments * (2 * windowsMillis.count + 1)
        let batch = StatisticsTable.batchEvents * (columns * 8 + 16)
        return summaries * summaryByteCountMax + batch + buckets / 8
            + SummaryBatch.byteCount
    }
}
