internal import Bytes
internal import Drift
internal import Events
internal import Features
internal import Model
internal import Sparse
internal import Statistics

/// Watches one task: gathers the statistics of each window of event time in the step, and between
/// batches compares the windows that have closed, and raises and ends alerts.
///
/// It is no part of a snapshot: a restored task takes the span of a baseline to see drift again.
///
/// In the step an event costs what `StatisticsTable.observe` does, and a window that closes one
/// copy of its summaries. Memory: `StatisticsSettings.byteCountMax` for one window, and three
/// summaries a feature for the baseline.
struct PipelineWatch: Sendable {
    /// A window that has closed and is still to be compared.
    struct ClosedWindow: Sendable {
        var span: Range<Int64>
        var features: [(name: String, summary: FeatureSummary)]
        var scores: FeatureSummary
    }

    /// Windows that wait for the end of a batch at most; when there are more, which takes a batch
    /// of more event time, the oldest are not compared, and counted.
    static let closedMax = 64

    let settings: WatchSettings
    private var table: StatisticsTable
    private let plan: FeaturePlan
    private var buckets: [UInt32]
    private var seenStart: Int64?
    private var closed: [ClosedWindow] = []
    private(set) var skipped: UInt64 = 0
    var monitor: DriftMonitor<FeatureSummary>
    var engine: AlertEngine
    var losses = AdaptiveWindow()
    /// Mean loss before the detector's window was cut, if it rose since the last window.
    var lossRose = false
    var reliability = Reliability()
    /// Time of the newest event that has its label.
    var labelledMillis: Int64?
    /// Counts at the last tick, for what came since.
    var last = PipelineCounts()

    /// Nil where the windows' length cannot be used.
    init?(_ settings: WatchSettings, plan: FeaturePlan, model: String) {
        var columns: [StatisticsColumn] = []
        for (input, name) in plan.inputs.enumerated() {
            if input < plan.space.numericCount {
                guard let slot = plan.slot(of: name) else { return nil }
                columns.append(StatisticsColumn(name: name, source: .number(slot: slot)))
            } else {
                let count = plan.indices(ofInput: input).count
                columns.append(
                    StatisticsColumn(name: name, source: .category(buckets: count)))
            }
        }
        columns.append(StatisticsColumn(name: DriftReport.scoresName, source: .score))
        var statistics = StatisticsSettings()
        statistics.windowsMillis = [settings.windowMillis]
        guard let table = try? StatisticsTable(columns: columns, settings: statistics) else {
            return nil
        }
        self.table = table
        self.settings = settings
        self.plan = plan
        buckets = Array(repeating: .max, count: plan.inputs.count - plan.space.numericCount)
        monitor = DriftMonitor(policy: settings.policy, baselineMillis: settings.baselineMillis)
        engine = AlertEngine(settings.alerts, model: model)
    }

    /// Takes in one event as it was scored.
    mutating func observe(
        _ row: borrowing EventRow, _ vector: borrowing SparseVector, score: Double,
        timeMillis: Int64, clock: Int64
    ) {
        if !buckets.isEmpty { takeBuckets(vector.indices.span) }
        let buckets = buckets
        table.observe(
            numbers: row.numbers.span, buckets: buckets.span, score: score, timeMillis: timeMillis,
            clock: clock)
        let start = table.start(of: .closed(window: 0))
        if start != seenStart { takeClosed(start) }
    }

    private mutating func takeBuckets(_ indices: Span<UInt32>) {
        let numericCount = plan.space.numericCount
        for place in buckets.indices { buckets[place] = .max }
        for k in indices.indices where Int(indices[k]) >= numericCount {
            let input = plan.input(of: indices[k])
            let bucket = Int(indices[k]) - plan.indices(ofInput: input).lowerBound
            buckets[input - numericCount] = UInt32(bucket)
        }
    }

    private mutating func takeClosed(_ start: Int64?) {
        seenStart = start
        guard let start else { return }
        if closed.count == Self.closedMax {
            closed.removeFirst()
            skipped += 1
        }
        var features = table.columns.indices.map { column in
            (
                name: table.columns[column].name,
                summary: table.summary(of: column, over: .closed(window: 0))
            )
        }
        guard let scores = features.popLast() else { return }
        closed.append(
            ClosedWindow(
                span: start..<start + settings.windowMillis, features: features,
                scores: scores.summary))
    }

    /// The windows that have closed since the last call.
    mutating func takeClosed() -> [ClosedWindow] {
        defer { closed.removeAll() }
        return closed
    }

    /// Notes that an event of this time has its label.
    mutating func noteLabelled(_ timeMillis: Int64) {
        labelledMillis = max(labelledMillis ?? .min, timeMillis)
    }

    /// Takes in a label and the prediction as it was published.
    mutating func observeLabel(_ label: Double, score: Double, loss: Loss) {
        let value = loss.value(atMargin: loss.margin(atPrediction: score), label: label)
        let before = losses.mean
        if losses.update(value), losses.mean > before { lossRose = true }
        reliability.add(score: score, label: label)
    }
}
