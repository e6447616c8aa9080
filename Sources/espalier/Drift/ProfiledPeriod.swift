internal import Bytes
internal import Drift
internal import Events
internal import Features
internal import Model
internal import Pipeline
internal import Sparse

/// A span of event time, and what its events say of every feature and of the scores.
struct ProfiledPeriod: Sendable {
    /// Where a feature's value stands.
    private enum Source: Sendable {
        case number(input: Int)
        /// The slots whose texts or integers are hashed together, and the vector's indices.
        case category(slots: [Int], block: Range<Int>)
        /// The vector's indices of a hashed feature.
        case buckets(Range<Int>)
        case score
    }

    let span: TimeSpan
    /// Windows whose means tell how alike events are.
    private let windowMillis: Int64
    private var sources: [(name: String, source: Source)] = []
    private var tallies: [FeatureTally] = []
    /// Categories by place in `sources` and bucket, as many as tallies count by name.
    private var names: [[Int: Set<String>]] = []
    private var windowEnd = Int64.min
    /// Whether the window that is open is the first.
    private var isFirst = true
    /// Times of the first and the last event.
    private var seen: ClosedRange<Int64>?
    private var events = 0

    /// - Parameter areBuckets: whether categories are told by their buckets rather than by name, as
    ///   an artifact does.
    init(_ span: TimeSpan, plan: FeaturePlan, windowMillis: Int64, areBuckets: Bool) {
        self.span = span
        self.windowMillis = windowMillis
        for (input, name) in plan.inputs.enumerated() {
            guard input >= plan.space.numericCount else {
                sources.append((name, .number(input: input)))
                continue
            }
            if areBuckets {
                sources.append((name, .buckets(plan.indices(ofInput: input))))
                continue
            }
            let slots = Self.slots(of: name, plan)
            if !slots.isEmpty {
                sources.append(
                    (name, .category(slots: slots, block: plan.indices(ofInput: input))))
            }
        }
        sources.append((DriftReport.scoresName, .score))
        names = Array(repeating: [:], count: sources.count)
        tallies = sources.map { _, source in
            switch source {
            case .number, .score: FeatureTally()
            case .category, .buckets: FeatureTally(areCategories: true)
            }
        }
    }

    private static func slots(of category: String, _ plan: FeaturePlan) -> [Int] {
        let feature = plan.features.first { $0.name == category }
        guard case .category(let fields, _)? = feature?.definition.kind else { return [] }
        return fields.compactMap { field in
            plan.schema.fields.firstIndex { $0.name == field } ?? plan.slot(of: field)
        }
    }

    /// Takes in the pipeline's newest event if its time is in the span.
    mutating func take(_ pipeline: borrowing EventPipeline, timeMillis: Int64) {
        guard span.contains(timeMillis) else { return }
        events += 1
        let (first, last) = (seen?.lowerBound ?? timeMillis, seen?.upperBound ?? timeMillis)
        seen = min(first, timeMillis)...max(last, timeMillis)
        if timeMillis >= windowEnd {
            // The first window may have begun before the first event that was read.
            for place in tallies.indices { tallies[place].closeWindow(isWhole: !isFirst) }
            isFirst = windowEnd == .min
            let length = windowMillis
            windowEnd = timeMillis - ((timeMillis % length) + length) % length + length
        }
        for place in sources.indices {
            switch sources[place].source {
            case .number(let input):
                tallies[place].insert(
                    pipeline.settings.plan.value(ofInput: input, in: pipeline.row))
            case .category(let slots, let block):
                let category = Self.category(slots, pipeline.row)
                tallies[place].insert(category: category)
                note(category, at: place, bucket: Self.bucket(in: block, pipeline.vector))
            case .buckets(let block):
                tallies[place].insert(
                    category: Self.bucket(in: block, pipeline.vector).map {
                        FeatureProfile.name(ofBucket: $0)
                    })
            case .score:
                tallies[place].insert(pipeline.model.score(pipeline.vector))
            }
        }
    }

    private static func bucket(in block: Range<Int>, _ vector: SparseVector) -> Int? {
        vector.indices.first { block.contains(Int($0)) }.map { Int($0) - block.lowerBound }
    }

    private static let namesOfBucketMax = 100

    private mutating func note(_ category: String?, at place: Int, bucket: Int?) {
        guard let category, let bucket else { return }
        let known = names[place][bucket]
        guard known?.contains(category) != true, known?.count ?? 0 < Self.namesOfBucketMax,
            names[place].count < FeatureTally.categoriesMax
        else { return }
        names[place][bucket, default: []].insert(category)
    }

    private static func category(_ slots: [Int], _ row: borrowing EventRow) -> String? {
        var parts: [String] = []
        for slot in slots {
            guard row.states[slot] == .present else { return nil }
            let range = row.texts[slot]
            if range.count > 0 {
                parts.append(
                    unsafe row.textBytes(range).withUnsafeBytes {
                        unsafe String(decoding: $0, as: UTF8.self)
                    })
            } else {
                parts.append("\(row.integers[slot])")
            }
        }
        return parts.joined(separator: " × ")
    }

    /// What was taken in so far.
    var profiles: PeriodProfiles {
        var closed = self
        for place in tallies.indices { closed.tallies[place].closeWindow(isWhole: false) }
        var profiles = PeriodProfiles(
            events: events, seen: seen,
            profiles: zip(sources, closed.tallies).map { ($0.name, $1.profile) })
        for (source, names) in zip(sources, names) where !names.isEmpty {
            profiles.categories[source.name] = names
        }
        return profiles
    }
}
