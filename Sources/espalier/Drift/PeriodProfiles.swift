internal import Drift
internal import Model

/// What a stretch of event time says of every feature and of the scores.
struct PeriodProfiles: Sendable {
    let events: Int
    /// Times of the first and the last event.
    let seen: ClosedRange<Int64>?
    /// By name, in the order of the model's inputs, the scores last.
    let profiles: [(name: String, profile: FeatureProfile)]
    /// Of the predictions that have labels, by stretch.
    var judged: [QualityTally] = []
    /// Categories by input and bucket, where profiles know them by name.
    var categories: [String: [Int: Set<String>]] = [:]

    init(
        events: Int, seen: ClosedRange<Int64>?,
        profiles: [(name: String, profile: FeatureProfile)]
    ) {
        self.events = events
        self.seen = seen
        self.profiles = profiles
    }

    /// What profiles call the categories in a bucket of an input.
    func names(of input: String, _ bucket: Int) -> [String] {
        [FeatureProfile.name(ofBucket: bucket)] + (categories[input]?[bucket] ?? []).sorted()
    }

    /// What a model was trained on; of inputs that it does not tell of, nothing.
    ///
    /// - Parameter windowMillis: length of the windows that it is compared over.
    init(_ baseline: ModelBaseline, inputs: [String], windowMillis: Int64) {
        events = baseline.scores.events
        seen = baseline.times
        let told = baseline.profiles(windowMillis: windowMillis)
        profiles = (inputs + [DriftReport.scoresName]).map { ($0, told[$0] ?? FeatureProfile()) }
    }
}
