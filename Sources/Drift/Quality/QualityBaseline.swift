/// The quality that windows are compared with: that of the labels which came during the baseline's
/// span. Spans follow each other as those of features do, and windows in which quality is worse are
/// kept out alike (`DriftBaseline`).
struct QualityBaseline: Equatable, Sendable {
    var complete: QualityTally?
    var completeSpread = QualitySpread()
    var filling: QualityTally?
    var spread = QualitySpread()
    /// The windows of the filling span in which it was worse.
    var drifted: QualityTally?

    mutating func take(_ tally: QualityTally, isDrifting: Bool) {
        guard !tally.isEmpty else { return }
        guard !isDrifting else { return Self.merge(tally, into: &drifted) }
        spread.add(tally)
        Self.merge(tally, into: &filling)
    }

    /// The filling span is what windows are compared with from now on, if it had labels.
    mutating func completeSpan() {
        guard let next = filling ?? drifted else { return }
        (complete, completeSpread) = (next, spread)
        (filling, drifted, spread) = (nil, nil, QualitySpread())
    }

    private static func merge(_ tally: QualityTally, into sum: inout QualityTally?) {
        sum = sum ?? QualityTally()
        sum?.merge(tally)
    }
}

/// Predictions with their labels of two spans.
public struct QualityPair: Equatable, Sendable {
    public var baseline: QualityTally
    /// How much more the baseline's windows vary than chance.
    var spread = QualitySpread()
    public var window: QualityTally

    public init(baseline: QualityTally, window: QualityTally) {
        self.baseline = baseline
        self.window = window
    }

    init(baseline: QualityTally, spread: QualitySpread, window: QualityTally) {
        self.init(baseline: baseline, window: window)
        self.spread = spread
    }
}

/// A window's quality against the baseline's.
public struct QualityDrift: Equatable, Sendable {
    public var verdict: DriftVerdict
    /// The measures of quality: how much worse each is, 0 where it is better.
    public var comparison: FeatureComparison
    public var significant: Set<DriftMeasure> = []
    public var baseline: QualityTally
    public var window: QualityTally

    /// Most probably the reason, in words; nil while quality does not drift.
    public var cause: String? {
        guard case .drift(let excesses) = verdict else { return nil }
        let parts = excesses.compactMap { excess -> String? in
            guard let now = window.estimate(excess.measure)?.value,
                let before = baseline.estimate(excess.measure)?.value
            else { return nil }
            return "\(excess.measure.title) \(Self.short(now)) after \(Self.short(before))"
        }
        return "against labels: " + parts.joined(separator: ", ")
    }

    private static func short(_ value: Double) -> String {
        "\((value * 10_000).rounded() / 10_000)"
    }
}

extension FeatureComparison {
    /// The quality of a window against that of a baseline: by how much the area under the ROC curve
    /// is smaller, by which share of itself the mean loss is larger, and how far the ratio of
    /// positives to promised ones has moved, either way, as a logarithm; each with the normal test
    /// of the difference. O(bins).
    init(_ window: QualityTally, against baseline: QualityTally, _ spread: QualitySpread) {
        let findings = DriftMeasure.ofQuality.compactMap { measure -> Finding? in
            guard let now = window.estimate(measure), let before = baseline.estimate(measure)
            else { return nil }
            let change = now.value - before.value
            let effect =
                switch measure {
                case .rocArea: -change
                case .logLoss: before.value > 0 ? change / before.value : 0
                default: abs(change)
                }
            let variance = spread.excess(of: measure) * (now.variance + before.variance)
            let chance =
                change == 0
                ? 1 : Tail.normalTwoSided(variance > 0 ? change / variance.squareRoot() : .infinity)
            return Finding(
                measure: measure, measured: Measured(max(0, effect)), probability: chance)
        }
        self.init(findings, events: min(window.count, baseline.count))
    }
}
