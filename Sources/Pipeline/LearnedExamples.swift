internal import Bytes
internal import Drift
internal import Features
internal import Model
internal import Sparse
internal import Statistics
internal import Training

/// What the examples were like that a learner learned from: the baseline of its artifact.
///
/// Part of a snapshot. An example costs what an event of the statistics does. Memory: four
/// summaries an input.
struct LearnedExamples: Sendable {
    private let space: FeatureSpace
    private let windowMillis: Int64
    /// Of the examples by when they were learned: the inputs in the plan's order, then the score.
    private var table: StatisticsTable
    private var gathered: GatheredBaseline
    private var seenStart: Int64?
    /// Event times of the oldest example and the newest.
    private var times: ClosedRange<Int64>?
    private var traffic = Traffic()
    private var numbers: [Double]
    private var buckets: [UInt32]

    init(windowMillis: Int64, plan: FeaturePlan) {
        let settings = Self.settings(windowMillis: windowMillis)
        let space = plan.space
        let columns = plan.inputs.enumerated().map { input, name in
            input < space.numericCount
                ? StatisticsColumn(name: name, source: .number(slot: input))
                : StatisticsColumn(
                    name: name,
                    source: .category(
                        buckets: space.buckets(ofBlock: input - space.numericCount).count))
        }
        let score = StatisticsColumn(name: DriftReport.scoresName, source: .score)
        guard let table = try? StatisticsTable(columns: columns + [score], settings: settings)
        else { preconditionFailure("\(settings)") }
        self.space = space
        self.windowMillis = windowMillis
        self.table = table
        gathered = GatheredBaseline(windowMillis: windowMillis)
        numbers = Array(repeating: .nan, count: space.numericCount)
        buckets = Array(repeating: .max, count: columns.count - space.numericCount)
    }

    /// Distributions to half a percent.
    private static let quantileSize = 1_000
    private static let frequentCapacity = 128
    /// Predictions at most that tell what the model's scores are: what it made of its first
    /// examples says little of it.
    static let judgedMax = 100_000

    /// The most bytes that are kept of so many inputs and their buckets.
    static func byteCountMax(inputs: Int, buckets: Int) -> Int {
        let settings = settings(windowMillis: 1)
        return settings.byteCountMax(columns: inputs + 1, buckets: buckets)
            + (inputs + 1) * settings.summaryByteCountMax
    }

    private static func settings(windowMillis: Int64) -> StatisticsSettings {
        var settings = StatisticsSettings()
        settings.windowsMillis = [windowMillis]
        settings.quantileSize = quantileSize
        settings.frequentCapacity = frequentCapacity
        return settings
    }

    /// Counts an event, with a label or without.
    mutating func noteEvent(clock: Int64) {
        traffic.note(clock: clock, windowMillis: windowMillis)
    }

    /// Takes in an example that was learned, and the prediction before it was.
    mutating func observe(
        _ vector: borrowing SparseVector, score: Double, timeMillis: Int64, clock: Int64
    ) {
        spread(vector)
        let (numbers, buckets) = (numbers, buckets)
        table.observe(
            numbers: numbers.span, buckets: buckets.span, score: score, timeMillis: timeMillis,
            clock: clock)
        let (first, last) = (times?.lowerBound ?? timeMillis, times?.upperBound ?? timeMillis)
        times = min(first, timeMillis)...max(last, timeMillis)
        gatherClosedWindow()
    }

    private mutating func spread(_ vector: borrowing SparseVector) {
        for place in numbers.indices { numbers[place] = .nan }
        for place in buckets.indices { buckets[place] = .max }
        for place in vector.indices.indices {
            let index = vector.indices[place]
            if Int(index) < numbers.count {
                numbers[Int(index)] = vector.values[place]
            } else if let block = space.block(of: index) {
                buckets[block] = index - UInt32(space.buckets(ofBlock: block).lowerBound)
            }
        }
    }

    private mutating func gatherClosedWindow() {
        let window = StatisticsTable.Period.closed(window: 0)
        guard let start = table.start(of: window), start != seenStart else { return }
        seenStart = start
        let table = table
        gathered.take(
            start..<start + windowMillis,
            table.columns.enumerated().map { ($1.name, table.summary(of: $0, over: window)) })
    }

    /// What an artifact tells; nil without examples. O(inputs · sketch size).
    ///
    /// - Parameter judged: the newest predictions that a label judged, `judgedMax` at most.
    func baseline(judged: borrowing ScoredLabels) -> ModelBaseline? {
        guard let times else { return nil }
        let settled = table.settled()
        var features: [String: ModelBaseline.Column] = [:]
        for (place, column) in settled.columns.dropLast().enumerated() {
            let open = settled.summary(of: place, over: .open(window: 0))
            features[column.name] = gathered.column(of: column.name, with: open)
        }
        var scores = FeatureProfile(exactly: judged.scores)
        gathered.complete(&scores, of: DriftReport.scoresName)
        var baseline = ModelBaseline(
            times: times, features: features, scores: ModelBaseline.Column(scores))
        baseline.window = traffic.eventsPerWindow.map {
            ModelBaseline.Window(millis: windowMillis, events: $0)
        }
        return baseline
    }

    /// Events of windows of the clock.
    private struct Traffic {
        /// Of the window that is open.
        var start: Int64?
        var open = 0.0
        /// The first window may have begun before the first event; it is not among the whole ones.
        var isFirst = true
        var events = 0.0
        var windows = 0.0

        mutating func note(clock: Int64, windowMillis: Int64) {
            if let start, clock < start + windowMillis { return open += 1 }
            if start != nil, !isFirst {
                events += open
                windows += 1
            }
            isFirst = start == nil
            start = clock - ((clock % windowMillis) + windowMillis) % windowMillis
            open = 1
        }

        /// Of whole windows that had any; nil before the first.
        var eventsPerWindow: Double? { windows > 0 && events > 0 ? events / windows : nil }
    }
}

/// As a frame of kind `learnedExamples`, version 1; flags say what is there:
///
///     | frame of the table | seen start?, oldest?, newest?, start? i64 | first u8 |
///     | events of the open window, of whole ones, whole windows f64 | gathered baseline |
extension LearnedExamples {
    static let version: UInt16 = 1

    func append(to writer: inout ByteWriter) {
        writer.appendFrame(.learnedExamples, version: Self.version) { payload in
            table.append(to: &payload)
            for moment in [seenStart, times?.lowerBound, times?.upperBound, traffic.start] {
                payload.append(moment: moment)
            }
            payload.append(fixed: UInt8(traffic.isFirst ? 1 : 0))
            for count in [traffic.open, traffic.events, traffic.windows] {
                payload.append(fixed: count)
            }
            gathered.append(to: &payload)
        }
    }

    /// Takes in the frame at the front of what is left; one over windows of another length is
    /// passed over, and these begin anew.
    mutating func restore(from reader: inout ByteReader) throws(FormatError) {
        let frame = try Frame(reader.rest, kind: .learnedExamples, newestVersion: Self.version)
        var payload = ByteReader(frame.payload)
        var restored = self
        guard try restored.table.restore(from: &payload) else {
            return try reader.skip(frame.byteCount)
        }
        restored.seenStart = try payload.readMoment("seen start")
        let place = payload.offset
        let oldest = try payload.readMoment("oldest")
        let newest = try payload.readMoment("newest")
        if let oldest, let newest {
            guard oldest <= newest else { throw .invalid(field: "times", at: place) }
            restored.times = oldest...newest
        }
        restored.traffic.start = try payload.readMoment("start")
        restored.traffic.isFirst = try payload.readFlag("first")
        restored.traffic.open = try payload.readEvents()
        restored.traffic.events = try payload.readEvents()
        restored.traffic.windows = try payload.readEvents()
        try restored.gathered.restore(
            from: &payload, like: FeatureSummary(table.settings))
        try payload.end()
        try reader.skip(frame.byteCount)
        self = restored
    }
}

extension ByteReader {
    @_lifetime(self: copy self)
    fileprivate mutating func readEvents() throws(FormatError) -> Double {
        let start = offset
        let count = try readDouble()
        guard count >= 0, count.isFinite else { throw .invalid(field: "events", at: start) }
        return count
    }
}
