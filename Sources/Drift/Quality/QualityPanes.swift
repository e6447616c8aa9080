/// Predictions with their labels of a span of event time, by the time of their events.
///
/// Memory: 4 kB a pane, of which there are `panesMax` at most: where a span has more, they grow.
public struct QualityPanes: Sendable {
    public static let panesMax = 4_096

    /// Milliseconds; labels of other events are ignored.
    public let span: Range<Int64>
    private(set) var paneMillis: Int64
    /// By the number of the pane.
    private var panes: [Int64: QualityTally] = [:]

    /// - Parameter paneMillis: stretches whose quality tells how much it varies; above 0.
    public init(_ span: Range<Int64>, paneMillis: Int64) {
        precondition(paneMillis > 0, "panes of \(paneMillis) ms")
        self.span = span
        self.paneMillis = paneMillis
    }

    /// Takes in a label and the prediction of its event.
    ///
    /// - Parameter score: the probability; nil for scores that are none.
    public mutating func observe(
        timeMillis: Int64, loss: Double, score: Double?, label: Double
    ) {
        guard span.contains(timeMillis) else { return }
        let pane = Self.pane(of: timeMillis, paneMillis)
        panes[pane, default: QualityTally()].add(loss: loss)
        if let score { panes[pane]?.add(score: score, label: label) }
        if panes.count > Self.panesMax { coarsen() }
    }

    private static func pane(of millis: Int64, _ length: Int64) -> Int64 {
        (millis / length) - (millis % length < 0 ? 1 : 0)
    }

    private mutating func coarsen() {
        paneMillis *= 2
        var merged: [Int64: QualityTally] = [:]
        for (pane, tally) in panes {
            merged[Self.pane(of: pane, 2), default: QualityTally()].merge(tally)
        }
        panes = merged
    }

    /// Of the panes that end at or before a time, in order: where silence is an answer, later ones
    /// have the labels of positives alone.
    public func tallies(through millis: Int64) -> [QualityTally] {
        let (last, isOver) = Self.pane(of: millis, paneMillis).subtractingReportingOverflow(1)
        return isOver ? [] : panes.keys.filter { $0 <= last }.sorted().compactMap { panes[$0] }
    }

    /// Of all panes, in order.
    public var tallies: [QualityTally] { panes.keys.sorted().compactMap { panes[$0] } }
}

extension QualityPair {
    /// Two spans by their panes; nil where one has no labels.
    public init?(baseline: [QualityTally], window: [QualityTally]) {
        var pair = QualityPair(baseline: QualityTally(), window: QualityTally())
        for tally in baseline where !tally.isEmpty {
            pair.spread.add(tally)
            pair.baseline.merge(tally)
        }
        for tally in window { pair.window.merge(tally) }
        guard !pair.baseline.isEmpty, !pair.window.isEmpty else { return nil }
        self = pair
    }
}
