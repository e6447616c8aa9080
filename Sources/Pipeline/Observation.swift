internal import Bytes
internal import Events
internal import Features
internal import Model
internal import Sparse
public import Statistics
public import Usage

/// What a pipeline has seen of its features: their statistics, and what they did for the model.
public struct Observation: Sendable {
    public internal(set) var statistics: StatisticsTable
    public internal(set) var usage: UsageTable
    let settings: ObservationSettings
    /// The margin at `settings.threshold`.
    private let marginThreshold: Double?
    private let segmentIsText: Bool
    /// The bucket of each computed category in the newest event.
    private var buckets: [UInt32]
    /// The place in `buckets` of each block of the vector.
    private let bucketPlaces: [Int?]
    /// When the next publication is due; nil before the first event.
    var nextPublicationMillis: Int64?
    var publishedEvents: UInt64 = 0

    /// - Precondition: the settings of the statistics are valid.
    init(_ settings: ObservationSettings, plan: FeaturePlan, loss: Loss) {
        self.settings = settings
        let columns = Self.columns(of: plan)
        guard let table = try? StatisticsTable(columns: columns, settings: settings.statistics)
        else { preconditionFailure("\(settings.statistics)") }
        statistics = table
        usage = UsageTable(inputCount: plan.inputs.count)
        marginThreshold = settings.threshold.map { loss.margin(atPrediction: $0) }
        segmentIsText = settings.segment.map { plan.schema.fields[$0].type == .string } ?? false
        let blocks = plan.computedBlocks
        buckets = Array(repeating: .max, count: blocks.count)
        bucketPlaces = (0..<plan.inputs.count - plan.space.numericCount).map {
            blocks.firstIndex(of: $0)
        }
    }

    /// Every computed number, every computed category that is an input, the score.
    static func columns(of plan: FeaturePlan) -> [StatisticsColumn] {
        let texts = plan.textFeatures
        let numbers = plan.features.compactMap { feature -> StatisticsColumn? in
            guard let slot = feature.slot, feature.need != .skipped, !texts.contains(feature.name)
            else { return nil }
            return StatisticsColumn(name: feature.name, source: .number(slot: slot))
        }
        let categories = plan.computedBlocks.map { block in
            StatisticsColumn(
                name: plan.inputs[plan.space.numericCount + block],
                source: .category(buckets: plan.space.buckets(ofBlock: block).count))
        }
        return numbers + categories + [StatisticsColumn(name: scoreName, source: .score)]
    }

    /// The column of the scores.
    public static let scoreName = "score"

    mutating func observe(
        row: borrowing EventRow, vector: borrowing SparseVector, contributions: [Double],
        model: borrowing SparseModel, margin: Double, score: Double, timeMillis: Int64,
        clock: Int64
    ) {
        findBuckets(vector, model.space)
        let segment = place(ofSegmentIn: row)
        let buckets = buckets
        statistics.observe(
            numbers: row.numbers.span, buckets: buckets.span, score: score,
            timeMillis: timeMillis, clock: clock, segment: segment)
        usage.setModel(model.version)
        usage.observe(
            vector, contributions, space: model.space, margin: margin,
            threshold: marginThreshold, timeMillis: timeMillis)
    }

    private mutating func findBuckets(
        _ vector: borrowing SparseVector, _ space: borrowing FeatureSpace
    ) {
        guard !buckets.isEmpty else { return }
        for place in buckets.indices { buckets[place] = .max }
        for index in vector.indices where Int(index) >= space.numericCount {
            guard let block = space.block(of: index), let place = bucketPlaces[block] else {
                continue
            }
            buckets[place] = index - UInt32(space.buckets(ofBlock: block).lowerBound)
        }
    }

    private mutating func place(ofSegmentIn row: borrowing EventRow) -> Int {
        guard let slot = settings.segment, row.states[slot] == .present else { return 0 }
        let key =
            segmentIsText
            ? StableHash.of(row.textBytes(row.texts[slot]))
            : UInt64(bitPattern: row.integers[slot])
        if let place = statistics.segment(of: key) { return place }
        return statistics.addSegment(key: key, name: segmentName(row, slot))
    }

    private func segmentName(_ row: borrowing EventRow, _ slot: Int) -> String {
        guard segmentIsText else { return "\(row.integers[slot])" }
        let bytes = row.textBytes(row.texts[slot])
        let shown = bytes.extracting(first: min(bytes.byteCount, Self.segmentNameBytesMax))
        return unsafe shown.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
    }

    /// Longer names are cut; invalid UTF-8 may grow threefold.
    private static let segmentNameBytesMax = 64
}
