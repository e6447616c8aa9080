public import Model
internal import Sketches
internal import Statistics

/// Between profiles and what a model artifact keeps of its training data.
extension FeatureProfile {
    /// What an artifact says of a feature. O(steps).
    public init(_ column: ModelBaseline.Column) {
        self.init()
        events = Double(column.events)
        missing = Double(column.missing)
        nonFinite = Double(column.nonFinite)
        zero = Double(column.zero)
        designEffect = column.designEffect
        distinct = column.distinct.map {
            DistinctCount($0.estimate, relativeError: $0.relativeError)
        }
        switch column.values {
        case .numeric(let numbers?):
            mean = numbers.mean
            variance = numbers.variance
            distribution = Distribution(
                ascending: numbers.steps.map(\.value), weights: numbers.steps.map(\.weight),
                rankError: numbers.rankError)
        case .numeric(nil): break
        case .category(let categories):
            self.categories = CategoryCounts(
                categories.counts.map {
                    CategoryCounts.Entry(
                        name: Self.name(ofBucket: $0.bucket), count: Double($0.count))
                }, total: present, countError: Double(categories.unlistedMax))
        }
    }

    /// A category's name is not kept where it is hashed; its bucket stands for it.
    public static func name(ofBucket bucket: some BinaryInteger) -> String { "#\(bucket)" }
}

extension ModelBaseline {
    /// What windows of a length are compared with, by feature; that of the scores has the name that
    /// reports give them. O(steps).
    public func profiles(windowMillis: Int64) -> [String: FeatureProfile] {
        var profiles = features.mapValues { FeatureProfile($0) }
        profiles[DriftReport.scoresName] = FeatureProfile(scores)
        // Different values do not grow as the length of a window does.
        guard window?.millis != windowMillis else { return profiles }
        for name in profiles.keys { profiles[name]?.distinct = nil }
        return profiles
    }
}

extension ModelBaseline.Column {
    /// Steps of a distribution are at most twice as many: shares are off by half a percent.
    static let parts = 100
    static let bucketsMax = 100

    /// What an artifact is to keep of a numeric feature. O(sketch size).
    public init(_ profile: FeatureProfile) {
        let coarse = profile.distribution.coarsened(parts: Self.parts)
        var numbers: ModelBaseline.Numeric?
        if !coarse.isEmpty, profile.mean.isFinite, profile.variance.isFinite {
            numbers = ModelBaseline.Numeric(
                mean: profile.mean, variance: profile.variance,
                steps: coarse.values.indices.map {
                    ModelBaseline.Step(value: coarse.values[$0], weight: coarse.weight(at: $0))
                }, rankError: coarse.rankError)
        }
        self.init(profile, .numeric(numbers))
        nonFinite = Int(profile.nonFinite)
        zero = Int(profile.zero)
    }

    /// What an artifact is to keep of a hashed feature. O(buckets · log buckets).
    ///
    /// - Parameter counts: examples by bucket.
    public init(_ profile: FeatureProfile, counts: [Int: Int]) {
        let ranked = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        self.init(
            profile,
            .category(
                ModelBaseline.Categories(
                    counts: ranked.prefix(Self.bucketsMax).map {
                        ModelBaseline.BucketCount(bucket: $0.key, count: $0.value)
                    }, unlistedMax: ranked.dropFirst(Self.bucketsMax).first?.value ?? 0)))
    }

    /// What an artifact is to keep of a feature by its summary. O(sketch size).
    ///
    /// - Parameter profile: the summary's, with what only windows tell.
    init(_ profile: FeatureProfile, _ summary: FeatureSummary) {
        guard profile.categories != nil else {
            self.init(profile)
            return
        }
        let frequent = summary.frequent.entries()
        let listed = frequent.prefix(Self.bucketsMax)
        let unlisted = frequent.dropFirst(Self.bucketsMax).first?.most ?? 0
        self.init(
            profile,
            .category(
                ModelBaseline.Categories(
                    counts: listed.map {
                        ModelBaseline.BucketCount(bucket: Int($0.item), count: Int($0.least))
                    }, unlistedMax: Int(max(unlisted, summary.frequent.countError)))))
    }

    private init(_ profile: FeatureProfile, _ values: ModelBaseline.Values) {
        self.init(events: Int(profile.events), values: values)
        missing = Int(profile.missing)
        designEffect = max(1, profile.designEffect)
        distinct = profile.distinct.flatMap {
            $0.estimate > 0
                ? ModelBaseline.Distinct($0.estimate, relativeError: $0.relativeError) : nil
        }
    }
}
