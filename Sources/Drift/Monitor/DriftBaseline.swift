internal import Model

/// What windows are compared with.
///
/// Panes fill a sum for each feature, which takes over as a whole once its span is complete. Panes
/// in which a feature drifts do not fill its next baseline, so that a fault does not become the
/// rule; what has drifted for a whole span does, for then it is the rule. What is broken, as its
/// change has a name, never does, but where the project accepts it (`DriftPolicy.accepted`).
struct DriftBaseline<Summary: WindowSummary>: Sendable {
    struct Part: Sendable {
        var complete: Summary?
        var completeEffect = 1.0
        /// `complete` as it is compared with, once it was.
        var profile: FeatureProfile?
        var filling: Summary?
        var spread = WindowSpread()
        /// Different values a window: of the complete span, and the filling span's windows.
        var distinct: DistinctCount?
        var windowDistincts: (sum: Double, windows: Double, relativeError: Double) = (0, 0, 0)
        /// The panes of the filling span in which it drifted.
        var drifted: Summary?

        /// Different values a window of the filling span; nil where they are not counted.
        var fillingDistinct: DistinctCount? {
            let (sum, windows, error) = windowDistincts
            return windows > 0 ? DistinctCount(sum / windows, relativeError: error) : nil
        }
    }

    let plan: WindowPlan
    var quality = QualityBaseline()
    var parts: [String: Part] = [:]
    /// The spans of event time: compared with, and filling.
    var span: Range<Int64>?
    var filling: Range<Int64>?
    /// Of the complete span; 0 until there is one.
    var eventsPerPane = 0.0
    var fillingEvents = 0.0
    var fillingPanes = 0.0
    /// Panes that a baseline of the past may still need, the oldest first.
    var history: [DriftPane<Summary>] = []
    /// When the first pane began.
    var start: Int64?
    /// What the model's artifact tells of its training data, where that is the baseline; no part of
    /// a snapshot, as the model brings it.
    private var training: [String: FeatureProfile] = [:]

    init(_ plan: WindowPlan) { self.plan = plan }

    /// The profile to compare with; nil until a span is complete.
    mutating func profile(of feature: String) -> FeatureProfile? {
        if case .training = plan.baseline { return training[feature] }
        guard let part = parts[feature], let complete = part.complete else { return nil }
        if let profile = part.profile { return profile }
        var profile = complete.profile
        profile.designEffect = part.completeEffect
        profile.distinct = part.distinct
        parts[feature]?.profile = profile
        return profile
    }

    /// Compares with the training data of another model; nil for one that does not tell of it.
    mutating func use(_ baseline: ModelBaseline?) {
        guard case .training = plan.baseline else { return }
        span = baseline.map { $0.times.lowerBound..<$0.times.upperBound + 1 }
        training = baseline?.profiles(windowMillis: plan.windowMillis) ?? [:]
        eventsPerPane =
            (baseline?.window).map { $0.events / Double($0.millis) * Double(plan.slideMillis) } ?? 0
    }

    /// Forgets every feature but these.
    mutating func keep(_ names: Set<String>) {
        parts = parts.filter { names.contains($0.key) }
        for place in history.indices { history[place].keep(names) }
    }

    /// Makes ready what a window is compared with.
    mutating func prepare(for window: Range<Int64>) {
        guard case .past(let length, let ago) = plan.baseline else { return }
        let from = window.lowerBound - ago
        let wanted = from..<from + length
        history.removeAll { $0.span.upperBound <= from }
        (span, parts, quality) = (nil, [:], QualityBaseline())
        let panes = history.filter { $0.span.upperBound <= wanted.upperBound }
        guard let start, start <= from, !panes.isEmpty else { return }
        for pane in panes { fill(with: pane) }
        complete(as: wanted)
    }

    /// Takes in a pane that is part of no further window; they come in order.
    mutating func take(_ pane: DriftPane<Summary>) {
        start = start ?? pane.span.lowerBound
        switch plan.baseline {
        case .preceding(let length):
            let first = filling?.lowerBound ?? pane.span.lowerBound
            fill(with: pane)
            filling = first..<pane.span.upperBound
            if pane.span.upperBound - first >= length { complete(as: filling) }
        case .training: fillQuality(with: pane)
        case .past: history.append(pane)
        case .period(let period):
            guard span == nil else { return }
            if pane.span.lowerBound >= period.lowerBound,
                pane.span.upperBound <= period.upperBound
            {
                fill(with: pane)
                filling = (filling?.lowerBound ?? pane.span.lowerBound)..<pane.span.upperBound
            }
            if pane.span.upperBound >= period.upperBound { complete(as: filling) }
        }
    }

    /// An artifact tells of its examples, which a model knows by heart: what labels make of its
    /// predictions is compared with the span before.
    private mutating func fillQuality(with pane: DriftPane<Summary>) {
        takeQuality(of: pane)
        let first = filling?.lowerBound ?? pane.span.lowerBound
        filling = first..<pane.span.upperBound
        guard pane.span.upperBound - first >= max(Self.qualityMillis, plan.windowMillis) else {
            return
        }
        quality.completeSpan()
        filling = nil
    }

    private static var qualityMillis: Int64 { 7 * 86_400_000 }

    private mutating func takeQuality(of pane: DriftPane<Summary>) {
        quality.take(pane.judged, isDrifting: pane.drifting.contains(DriftReport.qualityName))
    }

    private mutating func fill(with pane: DriftPane<Summary>) {
        fillingEvents += pane.events
        fillingPanes += 1
        takeQuality(of: pane)
        for (name, summary) in pane.summaries {
            guard !pane.broken.contains(name) else { continue }
            Self.take(
                summary, distinct: pane.distinct[name], into: &parts[name, default: Part()],
                isDrifting: pane.drifting.contains(name))
        }
    }

    private mutating func complete(as span: Range<Int64>?) {
        guard fillingPanes > 0 else { return }
        self.span = span
        filling = nil
        eventsPerPane = fillingEvents / fillingPanes
        (fillingEvents, fillingPanes) = (0, 0)
        quality.completeSpan()
        for name in parts.keys { Self.complete(&parts[name, default: Part()]) }
    }

    private static func take(
        _ summary: Summary, distinct: DistinctCount?, into part: inout Part, isDrifting: Bool
    ) {
        guard !isDrifting else { return merge(summary, into: &part.drifted) }
        let (present, mean, variance) = summary.spread
        part.spread.add(count: present, mean: mean, variance: variance)
        merge(summary, into: &part.filling)
        if let distinct {
            let before = part.windowDistincts
            part.windowDistincts = (
                before.sum + distinct.estimate, before.windows + 1,
                max(before.relativeError, distinct.relativeError)
            )
        }
    }

    static func merge(_ summary: Summary, into sum: inout Summary?) {
        guard sum != nil else {
            sum = summary
            return
        }
        sum?.merge(summary)
    }

    /// With nothing new, what it is compared with stays.
    private static func complete(_ part: inout Part) {
        guard part.filling != nil || part.drifted != nil else { return }
        part.complete = part.filling ?? part.drifted ?? part.complete
        part.completeEffect = part.spread.designEffect
        part.profile = nil
        part.distinct = part.fillingDistinct
        part.windowDistincts = (0, 0, 0)
        part.filling = nil
        part.drifted = nil
        part.spread = WindowSpread()
    }
}
