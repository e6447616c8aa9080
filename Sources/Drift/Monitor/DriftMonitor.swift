public import Model

/// Compares one window of event time after another with its baseline: panes in, reports out.
///
/// Pure: the same panes give the same reports. Memory: three summaries a feature at most, one more
/// for each pane of a sliding window, and one for each pane of a past that is kept.
public struct DriftMonitor<Summary: WindowSummary>: Sendable {
    /// A closed window and what was found.
    public struct Outcome: Sendable {
        public var window: Range<Int64>
        /// Nil while the baseline is not complete.
        public var baseline: Range<Int64>?
        public var report: DriftReport?
        /// Events of the window over those that the baseline had in as long; nil while there is
        /// none, and where the baseline has other hours of the day.
        public var traffic: Double?
        /// The scores of the window; nil where there are none.
        public var scores: Summary?
    }

    private let policy: DriftPolicy
    let plan: WindowPlan
    private let lineage: FeatureLineage
    var baseline: DriftBaseline<Summary>
    /// The panes of the window that closed last which the next one has too, the oldest first.
    var open: [DriftPane<Summary>] = []
    /// The model whose training data windows are compared with.
    private var version: String?

    public init(
        policy: DriftPolicy, plan: WindowPlan, lineage: FeatureLineage = FeatureLineage()
    ) {
        self.policy = policy
        self.plan = plan
        self.lineage = lineage
        baseline = DriftBaseline(plan)
    }

    /// Windows that tumble, compared with the span before.
    public init(policy: DriftPolicy, windowMillis: Int64, baselineMillis: Int64) {
        let plan = WindowPlan(
            windowMillis: windowMillis, baseline: .preceding(spanMillis: baselineMillis))
        self.init(policy: policy, plan: plan)
    }

    /// Compares the window that ends with a pane with its baseline, and lets what is in no further
    /// window become part of the next baseline.
    ///
    /// - Parameters:
    ///   - span: of event time, milliseconds; panes come in order.
    ///   - scores: the predictions.
    ///   - judged: those whose labels came in the pane.
    ///   - scoresSettleMillis: the event time from which on predictions are those of a model that
    ///     knows its task; earlier ones are compared with nothing, and nothing with them.
    public mutating func close(
        _ span: Range<Int64>, _ features: [(name: String, summary: Summary)], scores: Summary?,
        judged: QualityTally = QualityTally(), scoresSettleMillis: Int64 = .min
    ) -> Outcome {
        var all = features
        if let scores { all.append((DriftReport.scoresName, scores)) }
        let events = all.first?.summary.profile.events ?? 0
        let window = span.upperBound - plan.windowMillis..<span.upperBound
        // After a pause, some of the last window's panes are in none any more.
        giveUp(before: window.lowerBound)
        open.append(DriftPane(span: span, summaries: all, events: events, judged: judged))
        if span.lowerBound < scoresSettleMillis { open[open.count - 1].keepOutScores() }
        baseline.prepare(for: window)
        var merged = merged
        let sum = scores == nil ? nil : merged.popLast()?.summary
        let settled = window.lowerBound >= scoresSettleMillis ? sum : nil
        let report = compare(merged, scores: settled, in: window)
        note(report, merged, scores: sum)
        let usual = plan.comparesTraffic ? baseline.eventsPerPane * Double(plan.panes) : 0
        let outcome = Outcome(
            window: window, baseline: baseline.span, report: report,
            traffic: usual > 0 ? open.reduce(0) { $0 + $1.events } / usual : nil, scores: sum)
        giveUp(before: window.lowerBound + plan.slideMillis)
        return outcome
    }

    /// Compares from now on with what a model was trained on, where the plan is to.
    ///
    /// - Parameter version: the model's; of the same one again nothing changes.
    public mutating func use(_ baseline: ModelBaseline?, of version: String) {
        guard version != self.version else { return }
        self.version = version
        self.baseline.use(baseline)
    }

    /// Forgets every feature but these.
    public mutating func keep(_ names: Set<String>) {
        for place in open.indices { open[place].keep(names) }
        baseline.keep(names)
    }

    /// The window's summaries.
    private var merged: [(name: String, summary: Summary)] {
        guard var sum = open.first?.summaries else { return [] }
        for pane in open.dropFirst() {
            for place in sum.indices { sum[place].summary.merge(pane.summaries[place].summary) }
        }
        return sum
    }

    /// Keeps what the window that ends with the newest pane says of its panes.
    private mutating func note(
        _ report: DriftReport?, _ merged: [(name: String, summary: Summary)], scores: Summary?
    ) {
        var drifting = Set(report?.drifting.map(\.name) ?? [])
        if report?.scores?.verdict.isDrift == true { drifting.insert(DriftReport.scoresName) }
        if report?.qualityDrift?.verdict.isDrift == true {
            drifting.insert(DriftReport.qualityName)
        }
        var broken = Set(
            report?.features.filter { !$0.anomalies.isEmpty || $0.follows != nil }.map(\.name)
                ?? [])
        if !broken.isEmpty, drifting.contains(DriftReport.scoresName) {
            broken.insert(DriftReport.scoresName)
        }
        for place in open.indices {
            open[place].drifting.formUnion(drifting.union(broken))
            open[place].broken.formUnion(broken)
        }
        let newest = open.count - 1
        for (name, summary) in merged { open[newest].distinct[name] = summary.distinctCount }
        open[newest].distinct[DriftReport.scoresName] = scores?.distinctCount
    }

    private mutating func giveUp(before first: Int64) {
        while let pane = open.first, pane.span.lowerBound < first {
            baseline.take(pane)
            open.removeFirst()
        }
    }

    private mutating func compare(
        _ features: [(name: String, summary: Summary)], scores: Summary?, in window: Range<Int64>
    ) -> DriftReport? {
        guard let span = baseline.span else { return nil }
        let compared = features.filter { feature in
            lineage.settled(feature.name, by: policy.accepted).map { $0 <= span.lowerBound } ?? true
        }.compactMap { feature in
            baseline.profile(of: feature.name).map {
                (name: feature.name, baseline: $0, window: feature.summary.profile)
            }
        }
        let scored = scores.flatMap { scores in
            baseline.profile(of: DriftReport.scoresName).map {
                (baseline: $0, window: scores.profile)
            }
        }
        // Training data's windows were full, or as full as the model knows them.
        let first = plan.baseline == .training ? window.lowerBound : span.lowerBound
        let start = baseline.start ?? window.lowerBound
        return DriftReport(
            compared, policy: policy, scores: scored, quality: quality, lineage: lineage,
            unsettled: lineage.unsettled(after: first - start))
    }

    /// The window's quality, and what it is compared with; nil where either is not known.
    private var quality: QualityPair? {
        guard let before = baseline.quality.complete else { return nil }
        var now = QualityTally()
        for pane in open { now.merge(pane.judged) }
        guard !now.isEmpty else { return nil }
        return QualityPair(
            baseline: before, spread: baseline.quality.completeSpread, window: now)
    }
}
