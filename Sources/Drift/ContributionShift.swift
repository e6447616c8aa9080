/// What a model makes of a feature: `weight · (x - center)`, and nothing of a missing value; of a
/// category the weight that it has.
public struct FeatureWeight: Equatable, Sendable {
    /// In the unit of the margin for each unit of the feature.
    public var weight: Double
    /// The mean that the model was trained with.
    public var center: Double
    /// Of categories, by the names that profiles have for them; those without a weight are absent.
    public var categories: [String: Double] = [:]

    public init(weight: Double, center: Double) {
        self.weight = weight
        self.center = center
    }

    /// Of a feature of categories.
    public init(categories: [String: Double]) {
        self.init(weight: 0, center: 0)
        self.categories = categories.filter { $0.value != 0 }
    }

    /// Whether the model weighs the feature at all.
    public var isWeighted: Bool { weight != 0 || !categories.isEmpty }
}

/// How much a feature's drift moved the mean margin: w · Δ mean over the events, those without a
/// value counting as the mean; of categories Σ w · Δ share, as far as profiles list them.
public struct ContributionShift: Equatable, Sendable {
    /// Whether the model weighs the feature at all.
    public let isWeighted: Bool
    /// Of the mean margin, from baseline to window.
    public let change: Double

    /// - Parameter weight: nil for a feature that the model does not have.
    public init(_ weight: FeatureWeight?, window: FeatureProfile, baseline: FeatureProfile) {
        guard let weight, weight.isWeighted else {
            isWeighted = false
            change = 0
            return
        }
        isWeighted = true
        guard weight.categories.isEmpty else {
            func part(_ profile: FeatureProfile) -> Double {
                guard let counts = profile.categories, profile.events > 0 else { return 0 }
                return counts.entries.reduce(0) {
                    $0 + (weight.categories[$1.name] ?? 0) * $1.count / profile.events
                }
            }
            change = part(window) - part(baseline)
            return
        }
        func part(_ profile: FeatureProfile) -> Double {
            guard profile.present > 0, profile.mean.isFinite else { return 0 }
            return weight.weight * (profile.mean - weight.center) * profile.share(profile.present)
        }
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
