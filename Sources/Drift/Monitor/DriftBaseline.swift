/// What windows are compared with.
///
/// Panes fill a sum for each feature, which takes over as a whole once its span is complete. Panes
/// in which a feature drifts do not fill its next baseline, so that a fault does not become the
/// rule; what has drifted for a whole span does, for then it is the rule.
struct DriftBaseline<Summary: WindowSummary>: Sendable {
    /// Panes of one kind together.
    struct Sum: Sendable {
        var summary: Summary?
        /// How the panes' means vary.
        var spread = WindowSpread()
        /// Different values a window.
        var distincts: (sum: Double, windows: Double, relativeError: Double) = (0, 0, 0)
    }

    struct Part: Sendable {
        var complete: Summary?
        var completeEffect = 1.0
        /// Different values a window of the complete span.
        var distinct: DistinctCount?
        /// `complete` as it is compared with, once it was.
        var profile: FeatureProfile?
        /// The filling span, and the panes of it in which the feature drifted.
        var filling = Sum()
        var drifted = Sum()
    }

    let plan: WindowPlan
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

    init(_ plan: WindowPlan) { self.plan = plan }

    /// The profile to compare with; nil until a span is complete.
    mutating func profile(of feature: String) -> FeatureProfile? {
        guard let part = parts[feature], let complete = part.complete else { return nil }
        if let profile = part.profile { return profile }
        var profile = complete.profile
        profile.designEffect = part.completeEffect
        profile.distinct = part.distinct
        parts[feature]?.profile = profile
        return profile
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
        (span, parts) = (nil, [:])
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

    private mutating func fill(with pane: DriftPane<Summary>) {
        fillingEvents += pane.events
        fillingPanes += 1
        for (name, summary) in pane.summaries {
            let isDrifting = pane.drifting.contains(name)
            let distinct = pane.distinct[name]
            if isDrifting {
                parts[name, default: Part()].drifted.take(summary, distinct: distinct)
            } else {
                parts[name, default: Part()].filling.take(summary, distinct: distinct)
            }
        }
    }

    private mutating func complete(as span: Range<Int64>?) {
        guard fillingPanes > 0 else { return }
        self.span = span
        filling = nil
        eventsPerPane = fillingEvents / fillingPanes
        (fillingEvents, fillingPanes) = (0, 0)
        for name in parts.keys { Self.complete(&parts[name, default: Part()]) }
    }

    private static func complete(_ part: inout Part) {
        let sum = part.filling.summary == nil ? part.drifted : part.filling
        if let summary = sum.summary {
            part.complete = summary
            // As for distinct values below: known of windows that did not drift alone.
            part.completeEffect = part.filling.spread.designEffect
            // Of windows that drifted, how many values are usual is not known.
            let (values, windows, error) = part.filling.distincts
            part.distinct =
                windows > 0 ? DistinctCount(values / windows, relativeError: error) : nil
            part.profile = nil
        }
        part.filling = Sum()
        part.drifted = Sum()
    }
}

extension DriftBaseline.Sum {
    /// Takes in a pane, and the different values of the window that ended with it.
    mutating func take(_ other: Summary, distinct: DistinctCount?) {
        let (present, mean, variance) = other.spread
        spread.add(count: present, mean: mean, variance: variance)
        if let distinct {
            distincts.sum += distinct.estimate
            distincts.windows += 1
            distincts.relativeError = max(distincts.relativeError, distinct.relativeError)
        }
        guard summary != nil else {
            summary = other
            return
        }
        summary?.merge(other)
    }
}
