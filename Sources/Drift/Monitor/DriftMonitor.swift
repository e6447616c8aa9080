/// Compares one window of event time after another with the span before: windows in, reports out.
///
/// Pure: the same windows give the same reports. Memory: three summaries a feature at most.
public struct DriftMonitor<Summary: WindowSummary>: Sendable {
    /// A closed window and what was found.
    public struct Outcome: Sendable {
        public var window: Range<Int64>
        /// Nil while the baseline is not complete.
        public var baseline: Range<Int64>?
        public var report: DriftReport?
        /// Events of the window over the mean of the baseline's windows; nil while there is none.
        public var traffic: Double?
    }

    private let policy: DriftPolicy
    var baseline: DriftBaseline<Summary>

    /// - Parameter baselineMillis: length of the span that windows are compared with.
    public init(policy: DriftPolicy, baselineMillis: Int64) {
        self.policy = policy
        baseline = DriftBaseline(spanMillis: baselineMillis)
    }

    /// Compares a window with the baseline, and lets it become part of the next one.
    ///
    /// - Parameters:
    ///   - span: of event time, milliseconds; windows come in order.
    ///   - weights: by feature, of the model that scores.
    ///   - scores: the predictions.
    public mutating func close(
        _ span: Range<Int64>, _ features: [(name: String, summary: Summary)],
        weights: [String: FeatureWeight]?, scores: Summary?
    ) -> Outcome {
        var all = features
        if let scores { all.append((DriftReport.scoresName, scores)) }
        let report = compare(features, weights: weights, scores: scores)
        var drifting = Set(report?.drifting.map(\.name) ?? [])
        if report?.scores?.verdict.isDrift == true { drifting.insert(DriftReport.scoresName) }
        let events = all.first?.summary.profile.events ?? 0
        let usual = baseline.eventsPerWindow
        let outcome = Outcome(
            window: span, baseline: baseline.span, report: report,
            traffic: usual > 0 ? events / usual : nil)
        baseline.take(span, all, events: events, drifting: drifting)
        return outcome
    }

    private func compare(
        _ features: [(name: String, summary: Summary)], weights: [String: FeatureWeight]?,
        scores: Summary?
    ) -> DriftReport? {
        guard baseline.span != nil else { return nil }
        let compared = features.compactMap { feature in
            baseline.profile(of: feature.name).map {
                (name: feature.name, baseline: $0, window: feature.summary.profile)
            }
        }
        let scored = scores.flatMap { scores in
            baseline.profile(of: DriftReport.scoresName).map {
                (baseline: $0, window: scores.profile)
            }
        }
        return DriftReport(compared, policy: policy, weights: weights, scores: scored)
    }
}
