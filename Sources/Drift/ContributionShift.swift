/// What a model makes of a feature: `weight · (x - center)`, and nothing of a missing value.
public struct FeatureWeight: Equatable, Sendable {
    /// In the unit of the margin for each unit of the feature.
    public var weight: Double
    /// The mean that the model was trained with.
    public var center: Double

    public init(weight: Double, center: Double) {
        self.weight = weight
        self.center = center
    }
}

/// How much a feature's drift moved the mean margin: w · Δ mean over the events, those without a
/// value counting as the mean.
public struct ContributionShift: Equatable, Sendable {
    /// Whether the model weighs the feature at all.
    public let isWeighted: Bool
    /// Of the mean margin, from baseline to window.
    public let change: Double

    /// - Parameter weight: nil for a feature that the model does not have.
    public init(_ weight: FeatureWeight?, window: FeatureProfile, baseline: FeatureProfile) {
        guard let weight, weight.weight != 0 else {
            isWeighted = false
            change = 0
            return
        }
        func part(_ profile: FeatureProfile) -> Double {
            guard profile.present > 0, profile.mean.isFinite else { return 0 }
            return weight.weight * (profile.mean - weight.center) * profile.share(profile.present)
        }
        isWeighted = true
        change = part(window) - part(baseline)
    }
}

extension DriftReport {
    /// How the mean margin's move is explained by the features.
    public struct Explanation: Sendable {
        /// Features whose contribution changed, the largest change first.
        public var parts: [(feature: String, change: Double)]
        /// Their sum.
        public var explained: Double
    }

    /// The features that moved the mean margin, by what they did to it; nil without a model.
    public var explanation: Explanation? {
        let parts = features.compactMap { feature in
            feature.contribution.map { (feature: feature.name, change: $0.change) }
        }
        guard parts.count == features.count, !parts.isEmpty else { return nil }
        return Explanation(
            parts: parts.filter { $0.change != 0 }.sorted { abs($0.change) > abs($1.change) },
            explained: parts.reduce(0) { $0 + $1.change })
    }
}
