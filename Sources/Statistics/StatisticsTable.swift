/// The statistics of all features and of the score, over the whole life and over tumbling windows
/// of event time, for each segment.
///
/// Events are gathered in a block of up to 256 and then taken in column by column. A value reaches
/// the sketches of the shortest open window only; when that closes it is merged into the next
/// longer one, and so on up to the lifetime. What a longer window holds is read as the sum of its
/// parts. Windows end with the task's clock; an event that is late for its window counts in the
/// open one.
///
/// A fold: the same events give the same bytes, whenever statistics were read in between. Size:
/// `StatisticsSettings.byteCountMax`.
public struct StatisticsTable: Sendable {
    /// Events in one block.
    static let batchEvents = 256

    public let settings: StatisticsSettings
    public let columns: [StatisticsColumn]
    /// Names of the segments; the first is for events of none, and of those beyond the limit.
    public internal(set) var segments: [Segment] = [Segment(key: nil, name: "")]
    /// Events taken in.
    public internal(set) var events: UInt64 = 0

    /// For each segment and column: open windows, windows that closed last, the rest of the life.
    var summaries: [FeatureSummary]
    /// Start of each open window; nil before the first event.
    var starts: [Int64]?
    /// Start of each window that closed last.
    var closedStarts: [Int64?]
    /// When the shortest open window ends.
    var openEnd = Int64.min
    /// Events not yet taken in: values column by column (`place`), times, segments.
    var block: [Double]
    var times: [Int64]
    var blockSegments: [UInt16]
    var rows = 0
    /// For each category a bit for each bucket that has been seen.
    var seen: [[UInt64]]
    var batch = SummaryBatch()
    private var rowsOfSegment = BlockRows()
    /// The columns by where their values come from.
    private let numbers: [(slot: Int, column: Int)]
    private let categories: [Int]
    private let scores: [Int]

    /// A distinct value of the segment field.
    public struct Segment: Equatable, Sendable {
        /// Integer or hash; nil for the first segment.
        public let key: UInt64?
        public let name: String
    }

    /// - Throws: what is wrong with the settings.
    public init(
        columns: [StatisticsColumn], settings: StatisticsSettings
    ) throws(StatisticsSettings.Fault) {
        try settings.validate()
        self.columns = columns
        self.settings = settings
        let count = columns.count * (2 * settings.windowsMillis.count + 1)
        summaries = (0..<count).map { _ in FeatureSummary(settings) }
        closedStarts = Array(repeating: nil, count: settings.windowsMillis.count)
        block = Array(repeating: .nan, count: Self.batchEvents * columns.count)
        times = Array(repeating: 0, count: Self.batchEvents)
        blockSegments = Array(repeating: 0, count: Self.batchEvents)
        seen = columns.map {
            guard case .category(let buckets) = $0.source else { return [] }
            return Array(repeating: 0, count: (buckets + 63) / 64)
        }
        var sources: (numbers: [(Int, Int)], categories: [Int], scores: [Int]) = ([], [], [])
        for (column, place) in zip(columns, columns.indices) {
            switch column.source {
            case .number(let slot): sources.numbers.append((slot, place))
            case .category: sources.categories.append(place)
            case .score: sources.scores.append(place)
            }
        }
        (numbers, categories, scores) = sources
    }

    /// Where the block holds a value.
    static func place(row: Int, column: Int) -> Int { column &* batchEvents &+ row }

    /// Takes in one event.
    ///
    /// - Parameters:
    ///   - numbers: the event's row.
    ///   - buckets: of each category column, in order; `UInt32.max` where it is missing.
    ///   - clock: the newest event time of the task, this event's included.
    ///   - segment: a place in `segments`.
    public mutating func observe(
        numbers: Span<Double>, buckets: Span<UInt32>, score: Double, timeMillis: Int64,
        clock: Int64, segment: Int = 0
    ) {
        if clock >= openEnd { closeWindows(at: clock) }
        store(numbers, buckets, score)
        times[rows] = timeMillis
        blockSegments[rows] = UInt16(truncatingIfNeeded: segment)
        rows += 1
        events += 1
        if rows == Self.batchEvents { takeBlock() }
    }

    private mutating func store(
        _ numbers: Span<Double>, _ buckets: Span<UInt32>, _ score: Double
    ) {
        let row = rows
        let (fromNumbers, fromBuckets, fromScore) = (self.numbers, categories, scores)
        var block = block.mutableSpan
        for (slot, column) in fromNumbers {
            block[Self.place(row: row, column: column)] = numbers[slot]
        }
        for (category, column) in fromBuckets.enumerated() {
            let bucket = buckets[category]
            block[Self.place(row: row, column: column)] =
                bucket == .max ? .nan : Double(bucket)
        }
        for column in fromScore { block[Self.place(row: row, column: column)] = score }
    }

    /// Takes the gathered events into the shortest open windows.
    mutating func takeBlock() {
        guard rows > 0 else { return }
        for segment in segments.indices {
            rowsOfSegment.choose(segment, of: blockSegments, times: times, count: rows)
            if rowsOfSegment.count > 0 { takeRows(of: segment) }
        }
        rows = 0
    }

    private mutating func takeRows(of segment: Int) {
        let (values, times, rows) = (block, times, rowsOfSegment)
        for column in columns.indices {
            let first = Self.place(row: 0, column: column)
            let summary = index(segment: segment, column: column)
            if case .category = columns[column].source {
                summaries[summary].unseen += newBuckets(of: column)
                batch.addBuckets(
                    values, from: first, times: times, rows: rows, to: &summaries[summary])
            } else {
                batch.addNumbers(
                    values, from: first, times: times, rows: rows, to: &summaries[summary])
            }
        }
    }

    /// How many of the rows hold a bucket of the category that no row had before.
    private mutating func newBuckets(of column: Int) -> UInt64 {
        var count: UInt64 = 0
        for row in rowsOfSegment.places {
            let value = block[Self.place(row: Int(row), column: column)]
            guard !value.isNaN else { continue }
            let (word, bit) = (Int(value) >> 6, UInt64(1) << (UInt64(value) & 63))
            if seen[column][word] & bit == 0 {
                seen[column][word] |= bit
                count += 1
            }
        }
        return count
    }
}
