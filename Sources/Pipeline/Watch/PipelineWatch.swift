internal import Bytes
internal import Drift
internal import Events
internal import Features
internal import Model
internal import Sparse
internal import Statistics

/// Watches one task: takes each pane of event time as the statistics close it, and between
/// batches compares the windows that end with it, here or aside, and raises and ends alerts.
///
/// Part of a snapshot: a restored task knows its baseline and what fires.
///
/// In the step an event costs nothing, and a pane that closes one copy of its summaries. Memory:
/// that of `DriftMonitor`, and while it compares aside, of the summaries that this changes.
struct PipelineWatch: Sendable {
    /// A pane that has closed and is still to be compared, in the windows that it is part of.
    struct ClosedPane: Sendable {
        var span: Range<Int64>
        var features: [(name: String, summary: FeatureSummary)]
        var scores: FeatureSummary
    }

    /// Panes of one batch at most; when there are more, which takes a batch of more event time,
    /// the oldest are not compared, and counted.
    static let closedMax = 64

    let settings: WatchSettings
    /// The statistics' window that is a pane, and the columns: of the inputs, then of the score.
    let window: Int
    private(set) var columns: [(name: String, place: Int)]
    var seenStart: Int64?
    private(set) var closed: [ClosedPane] = []
    /// Compares the first of them elsewhere.
    private var comparison: (of: Int, begun: AsideComparison.Begun)?
    var skipped: UInt64 = 0
    var monitor: DriftMonitor<FeatureSummary>
    var engine: AlertEngine
    var losses = ChangeDetector()
    /// Whether the mean loss rose since the last window.
    var lossRose = false
    /// Takes the means of so many scores each.
    var scores = ChangeDetector()
    var scoresMoved = false
    var scoreSum = 0.0
    var scoreCount = 0
    var reliability = Reliability()
    /// Predictions whose labels came since the last window, and whether they are of a whole one.
    var judged = QualityTally()
    var judgesWhole = false
    /// Time of the first event.
    var startMillis: Int64?
    /// Whether the model learns here, and knew nothing when this began to watch.
    var isBeginner: Bool
    /// When a beginner had learned from its first example; nil before.
    var learnsSinceMillis: Int64?
    /// Time of the newest event that has its label.
    var labelledMillis: Int64?
    /// Events taken and records turned away by the last tick, for what came since.
    var last: (events: UInt64, rejected: UInt64) = (0, 0)

    /// - Parameters:
    ///   - statistics: of the task; its windows are among them.
    ///   - learns: whether the model begins without having learned anything.
    init(
        _ settings: WatchSettings, plan: FeaturePlan, statistics: borrowing StatisticsTable,
        model: String, learns: Bool
    ) {
        guard
            let window = statistics.settings.windowsMillis.firstIndex(
                of: settings.windows.slideMillis)
        else { preconditionFailure("no statistics over \(settings.windows.slideMillis) ms") }
        self.settings = settings
        self.window = window
        isBeginner = learns
        columns = Self.columns(of: plan, in: statistics)
        monitor = DriftMonitor(
            policy: settings.policy, plan: settings.windows, lineage: FeatureLineage(plan))
        var alerts = settings.alerts
        alerts.pace.windowStaleMillis =
            2 * (settings.windows.windowMillis + settings.windows.slideMillis)
        engine = AlertEngine(alerts, model: model)
    }

    private static func columns(
        of plan: FeaturePlan, in statistics: borrowing StatisticsTable
    ) -> [(name: String, place: Int)] {
        let places = Dictionary(
            uniqueKeysWithValues: statistics.columns.enumerated().map { ($1.name, $0) })
        return plan.inputs.compactMap { name in places[name].map { (name, $0) } }
            + [(DriftReport.scoresName, statistics.columns.count - 1)]
    }

    /// Watches only what a plan computes from now on, and forgets the rest.
    mutating func narrow(to plan: FeaturePlan, _ statistics: borrowing StatisticsTable) {
        columns = Self.columns(of: plan, in: statistics)
        let names = Set(columns.map(\.name))
        monitor.keep(names)
        for place in closed.indices {
            closed[place].features.removeAll { !names.contains($0.name) }
        }
        comparison = nil
    }

    /// Takes the pane that began at `start` and has closed.
    mutating func take(_ start: Int64, of statistics: StatisticsTable) {
        seenStart = start
        if closed.count - comparingCount == Self.closedMax {
            closed.remove(at: comparingCount)
            skipped += 1
        }
        var features = columns.map { name, place in
            (name: name, summary: statistics.summary(of: place, over: .closed(window: window)))
        }
        guard let scores = features.popLast() else { return }
        closed.append(
            ClosedPane(
                span: start..<start + settings.windows.slideMillis, features: features,
                scores: scores.summary))
    }

    /// Takes in a pane that an earlier run had closed.
    mutating func restore(_ pane: ClosedPane) { closed.append(pane) }

    // MARK: Comparison

    var isComparing: Bool { comparison != nil }
    var isDone: Bool { comparison?.begun.isDone() ?? false }
    private var comparingCount: Int { comparison?.of ?? 0 }

    /// Panes that have closed and are not being compared.
    var waitingCount: Int { closed.count - comparingCount }

    /// Compares what has closed.
    ///
    /// - Parameter models: of each pane.
    mutating func compare(_ models: [WindowModel]) -> [WindowFindings] {
        defer { closed.removeAll() }
        return monitor.close(closed, models, scoresSettleMillis)
    }

    /// Lets what has closed be compared elsewhere.
    ///
    /// - Precondition: nothing is being compared.
    mutating func compare(_ models: [WindowModel], aside: AsideComparison) {
        precondition(!isComparing, "one comparison at a time")
        let (before, panes, settled) = (monitor, closed, scoresSettleMillis)
        let begun = aside.begin {
            var monitor = before
            let findings = monitor.close(panes, models, settled)
            return AsideComparison.Compared(monitor: monitor, findings: findings)
        }
        comparison = (panes.count, begun)
    }

    /// What was found elsewhere; waits for it.
    mutating func takeComparison() -> [WindowFindings] {
        guard let (count, begun) = comparison else { return [] }
        let compared = begun.result()
        comparison = nil
        monitor = compared.monitor
        closed.removeFirst(count)
        return compared.findings
    }

    // MARK: Scores and labels

    /// Notes that an event of this time has its label.
    mutating func noteLabelled(_ timeMillis: Int64) {
        labelledMillis = max(labelledMillis ?? .min, timeMillis)
    }

    /// From when on scores are judged: a model that learns here begins at what any score may be,
    /// and moves far in its first days. Its first span is no rule.
    private var scoresSettleMillis: Int64 {
        guard isBeginner else { return .min }
        return learnsSinceMillis.map { $0 + (settings.windows.baseline.spanMillis ?? 0) } ?? .max
    }

    /// Notes that the model has learned from an example.
    ///
    /// - Parameters:
    ///   - learned: examples so far, this one included.
    mutating func noteLearned(_ learned: Int, clock: Int64) {
        guard isBeginner, learnsSinceMillis == nil else { return }
        // One that had learned before anybody watched is none.
        if learned > 1 { isBeginner = false } else { learnsSinceMillis = clock }
    }

    /// Takes in the score of an event.
    mutating func observe(score: Double, clock: Int64) {
        if startMillis == nil { startMillis = clock }
        guard clock >= scoresSettleMillis else { return }
        scoreSum += score
        scoreCount += 1
        guard scoreCount == Self.scoresTogether else { return }
        if scores.update(scoreSum / Double(Self.scoresTogether)) != nil { scoresMoved = true }
        (scoreSum, scoreCount) = (0, 0)
    }

    static let scoresTogether = 64

    /// Takes in a label and the prediction as it was published.
    ///
    /// - Parameter timeMillis: the event's.
    mutating func observeLabel(_ label: Double, score: Double, timeMillis: Int64, loss: Loss) {
        guard timeMillis >= scoresSettleMillis else { return }
        let value = loss.value(atMargin: loss.margin(atPrediction: score), label: label)
        if losses.update(value) == .rise { lossRose = true }
        reliability.add(score: score, label: label)
        judged.add(loss: value)
        if loss == .logistic { judged.add(score: score, label: label) }
    }

    /// Takes the predictions whose labels came since the last window.
    ///
    /// Where silence is an answer, which takes its time, the labels that come before are of
    /// positives alone: they say nothing of quality.
    ///
    /// - Parameter silence: how long it takes; 0 where it is none.
    mutating func takeJudged(silence: Int64, clock: Int64) -> QualityTally {
        defer {
            judged = QualityTally()
            judgesWhole = startMillis.map { clock - $0 >= silence } ?? false
        }
        return judgesWhole ? judged : QualityTally()
    }
}

extension DriftMonitor where Summary == FeatureSummary {
    fileprivate mutating func close(
        _ panes: [PipelineWatch.ClosedPane], _ models: [WindowModel], _ scoresSettleMillis: Int64
    ) -> [WindowFindings] {
        var findings: [WindowFindings] = []
        for (pane, model) in zip(panes, models) {
            let outcome = close(
                pane.span, pane.features, scores: pane.scores, judged: model.judgedSince,
                scoresSettleMillis: scoresSettleMillis)
            if let found = model.findings(of: outcome) { findings.append(found) }
        }
        return findings
    }
}
