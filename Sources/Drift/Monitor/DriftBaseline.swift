/// What windows are compared with: the events of the span before, taken over as a whole once a
/// span is complete.
///
/// Two summaries a feature: the span that is compared with, and the one that fills. Windows in
/// which a feature drifts do not fill its next baseline, so that a fault does not become the rule;
/// what has drifted for a whole span does, for then it is the rule.
struct DriftBaseline<Summary: WindowSummary>: Sendable {
    struct Part {
        var complete: Summary?
        var completeEffect = 1.0
        var filling: Summary?
        var spread = WindowSpread()
        /// Different values a window: of the complete span, and the filling span's windows.
        var distinct: DistinctCount?
        var windowDistincts: (sum: Double, windows: Double, relativeError: Double) = (0, 0, 0)
        /// The windows of the filling span in which it drifted.
        var drifted: Summary?
    }

    let spanMillis: Int64
    var parts: [String: Part] = [:]
    /// The spans of event time: compared with, and filling.
    var span: Range<Int64>?
    var filling: Range<Int64>?
    /// Of the complete span; 0 until there is one.
    var eventsPerWindow = 0.0
    var fillingEvents = 0.0
    var fillingWindows = 0.0

    init(spanMillis: Int64) { self.spanMillis = spanMillis }

    /// The profile to compare with; nil until a span is complete.
    func profile(of feature: String) -> FeatureProfile? {
        guard let part = parts[feature], var profile = part.complete?.profile else { return nil }
        profile.designEffect = part.completeEffect
        profile.distinct = part.distinct
        return profile
    }

    /// Takes in a closed window.
    ///
    /// - Parameters:
    ///   - events: of the window.
    ///   - drifting: features that drift in it.
    mutating func take(
        _ window: Range<Int64>, _ summaries: [(name: String, summary: Summary)],
        events: Double, drifting: Set<String>
    ) {
        fillingEvents += events
        fillingWindows += 1
        let start = filling?.lowerBound ?? window.lowerBound
        filling = start..<window.upperBound
        for (name, summary) in summaries {
            Self.take(
                summary, into: &parts[name, default: Part()], isDrifting: drifting.contains(name))
        }
        guard window.upperBound - start >= spanMillis else { return }
        span = filling
        filling = nil
        eventsPerWindow = fillingEvents / fillingWindows
        (fillingEvents, fillingWindows) = (0, 0)
        for name in parts.keys { Self.complete(&parts[name, default: Part()]) }
    }

    private static func take(_ summary: Summary, into part: inout Part, isDrifting: Bool) {
        guard !isDrifting else { return merge(summary, into: &part.drifted) }
        let profile = summary.profile
        part.spread.add(count: profile.present, mean: profile.mean, variance: profile.variance)
        merge(summary, into: &part.filling)
        if let distinct = profile.distinct {
            let before = part.windowDistincts
            part.windowDistincts = (
                before.sum + distinct.estimate, before.windows + 1,
                max(before.relativeError, distinct.relativeError)
            )
        }
    }

    private static func merge(_ summary: Summary, into sum: inout Summary?) {
        guard sum != nil else {
            sum = summary
            return
        }
        sum?.merge(summary)
    }

    private static func complete(_ part: inout Part) {
        part.complete = part.filling ?? part.drifted ?? part.complete
        part.completeEffect = part.spread.designEffect
        let (sum, windows, error) = part.windowDistincts
        part.distinct = windows > 0 ? DistinctCount(sum / windows, relativeError: error) : nil
        part.windowDistincts = (0, 0, 0)
        part.filling = nil
        part.drifted = nil
        part.spread = WindowSpread()
    }
}
