/// One window against the baseline: a verdict for every feature.
public struct DriftReport: Sendable {
    /// A feature's verdict with everything it rests on.
    public struct Feature: Sendable {
        public var name: String
        public var verdict: DriftVerdict
        public var comparison: FeatureComparison
        /// Measures that are above the sketches' error and more than chance, or have no test.
        public var significant: Set<DriftMeasure> = []
        /// What the difference looks like, if it has a name.
        public var anomalies: [Anomaly] = []
        /// A feature with a named change whose field this one is made of; nil for none.
        public var follows: String?
        /// Whether its windows were not full yet when the baseline began: it changes for that
        /// alone, which nobody needs to hear.
        public internal(set) var isFilling = false
        /// What it does to the mean score; nil without a model.
        public var contribution: ContributionShift?
        public var baseline: FeatureProfile
        public var window: FeatureProfile

        /// Whether it drifts and no live model weighs it: a matter for a ticket at most.
        public var isMasked: Bool {
            verdict.isDrift && contribution.map { !$0.isWeighted } ?? false
        }
    }

    /// In the order given.
    public internal(set) var features: [Feature]
    /// The predictions, judged together with the features; nil where they were not given.
    public internal(set) var scores: Feature?
    /// The quality that labels tell of, judged together with the features; nil where there is none
    /// or none to compare with.
    public internal(set) var qualityDrift: QualityDrift?
    /// What the scores promise and what labels say of earlier promises; nil where nobody asked.
    public var quality: QualityReport?

    /// Whether the scores are still what was calibrated: while they drift, or a feature that the
    /// model weighs does, what they promise is not to be relied on. O(features).
    public var promisesHold: Bool {
        scores?.verdict.isDrift != true
            && !features.contains { $0.verdict.isDrift && $0.contribution?.isWeighted == true }
    }

    /// Features that drift as their windows fill, and that the model weighs: they move the scores.
    var filling: [String] {
        features.filter {
            $0.isFilling && $0.verdict.isDrift && $0.contribution?.isWeighted != false
        }.map(\.name)
    }

    /// Features with events enough to be judged.
    public var judgedCount: Int { features.count { $0.verdict != .tooFewEvents } }

    /// Those that drift: first by what they do to the mean score, then by effect over threshold.
    public var drifting: [Feature] {
        features.filter(\.verdict.isDrift).sorted { a, b in
            let (x, y) = (abs(a.contribution?.change ?? 0), abs(b.contribution?.change ?? 0))
            return x != y ? x > y : a.verdict.severity > b.verdict.severity
        }
    }
}

/// What is to be said of one feature.
public enum DriftVerdict: Equatable, Sendable {
    /// Fewer events than the policy asks for.
    case tooFewEvents
    /// Every measure that decides is at or below what the sketches resolve, or may be chance.
    case notDistinguishable
    /// There is a difference, and it is smaller than what matters.
    case slight
    /// The measures over their thresholds, the one furthest over first.
    case drift([Excess])

    /// A measure over its threshold.
    public struct Excess: Equatable, Sendable {
        public var measure: DriftMeasure
        public var value: Double
        public var threshold: Double
        /// The false discovery rate at which it is significant; nil where there is no test.
        public var falseDiscoveryRate: Double?
    }

    public var isDrift: Bool {
        if case .drift = self { true } else { false }
    }

    /// The largest effect over its threshold; 0 without drift.
    public var severity: Double {
        if case .drift(let excesses) = self, let first = excesses.first {
            return first.value / first.threshold
        }
        return 0
    }

    /// Its name in messages.
    public var name: String {
        switch self {
        case .tooFewEvents: "too-few-events"
        case .notDistinguishable: "not-distinguishable"
        case .slight: "slight"
        case .drift: "drift"
        }
    }
}

extension DriftReport {
    /// Compares every feature, and judges all of them together.
    ///
    /// Effect size first: a measure counts when it is above the sketches' error and at least its
    /// threshold; then significance, by Benjamini and Hochberg over the tests of all features.
    ///
    /// - Parameters:
    ///   - features: names with both profiles.
    ///   - weights: by feature, of the model that scores; nil without one.
    ///   - scores: its predictions.
    ///   - quality: of the predictions of both that have labels, judged together with the features.
    ///   - lineage: which names the change of a feature may have.
    /// - Complexity: O(features · sketch size).
    public init(
        _ features: [(name: String, baseline: FeatureProfile, window: FeatureProfile)],
        policy: DriftPolicy, weights: [String: FeatureWeight]? = nil,
        scores: (baseline: FeatureProfile, window: FeatureProfile)? = nil,
        quality: QualityPair? = nil, lineage: FeatureLineage = FeatureLineage()
    ) {
        self.init(
            features, policy: policy, weights: weights, scores: scores, quality: quality,
            lineage: lineage, unsettled: [])
    }

    /// As above; changes of unsettled features get no name, and raise no alert.
    init(
        _ features: [(name: String, baseline: FeatureProfile, window: FeatureProfile)],
        policy: DriftPolicy, weights: [String: FeatureWeight]? = nil,
        scores: (baseline: FeatureProfile, window: FeatureProfile)?,
        quality: QualityPair?, lineage: FeatureLineage, unsettled: Set<String>
    ) {
        var all = features
        if let scores { all.append((Self.scoresName, scores.baseline, scores.window)) }
        var comparisons = all.map {
            FeatureComparison($0.window, against: $0.baseline, bins: policy.bins)
        }
        if let quality {
            comparisons.append(
                FeatureComparison(quality.window, against: quality.baseline, quality.spread))
        }
        let verdicts = Self.verdicts(comparisons, policy)
        self.features = all.indices.map { place in
            let (name, baseline, window) = all[place]
            return Feature(
                name: name, verdict: verdicts[place].verdict, comparison: comparisons[place],
                significant: verdicts[place].significant, baseline: baseline, window: window)
        }
        if scores != nil { self.scores = self.features.removeLast() }
        if let quality, let judgement = verdicts.last, let comparison = comparisons.last {
            qualityDrift = QualityDrift(
                verdict: judgement.verdict, comparison: comparison,
                significant: judgement.significant, baseline: quality.baseline,
                window: quality.window)
        }
        for place in self.features.indices {
            self.features[place].isFilling = unsettled.contains(self.features[place].name)
        }
        nameAnomalies(lineage)
        if let weights { weigh(by: weights) }
    }

    /// Tells what each feature's drift does to the mean score of a model: O(features).
    ///
    /// - Parameter weights: by feature.
    public mutating func weigh(by weights: [String: FeatureWeight]) {
        for place in features.indices {
            let feature = features[place]
            features[place].contribution = ContributionShift(
                weights[feature.name], window: feature.window, baseline: feature.baseline)
        }
    }

    /// What the scores, and the quality, are called where features have their names.
    public static let scoresName = "(scores)"
    static let qualityName = "(quality)"

    private typealias Judgement = (verdict: DriftVerdict, significant: Set<DriftMeasure>)

    private static func verdicts(
        _ comparisons: [FeatureComparison], _ policy: DriftPolicy
    ) -> [Judgement] {
        let judged = comparisons.map { $0.events >= policy.eventsMin ? $0.findings : [] }
        let adjusted = FalseDiscovery.adjusted(judged.joined().compactMap(\.probability))
        var next = 0
        return comparisons.indices.map { place in
            guard comparisons[place].events >= policy.eventsMin else { return (.tooFewEvents, []) }
            var excesses: [DriftVerdict.Excess] = []
            var significant: Set<DriftMeasure> = []
            for finding in judged[place] {
                var rate: Double?
                if finding.probability != nil {
                    rate = adjusted[next]
                    next += 1
                }
                guard finding.measured.isDistinguishable,
                    rate.map({ $0 <= policy.falseDiscoveryRate }) ?? true
                else { continue }
                significant.insert(finding.measure)
                if let threshold = policy.thresholds[finding.measure],
                    finding.measured.decisive >= threshold
                {
                    excesses.append(
                        DriftVerdict.Excess(
                            measure: finding.measure, value: finding.measured.decisive,
                            threshold: threshold, falseDiscoveryRate: rate))
                }
            }
            let decides = significant.contains { policy.thresholds[$0] != nil }
            guard !excesses.isEmpty else {
                return (decides ? .slight : .notDistinguishable, significant)
            }
            excesses.sort { $0.value / $0.threshold > $1.value / $1.threshold }
            return (.drift(excesses), significant)
        }
    }
}

extension DriftReport {
    /// Leaves out every feature but these; the verdicts stay those over all.
    public mutating func keep(_ names: Set<String>) {
        features.removeAll { !names.contains($0.name) }
    }
}
