/// What one tumbling pane of event time holds.
struct DriftPane<Summary: WindowSummary>: Sendable {
    var span: Range<Int64>
    /// By feature, in their order; the scores, if there are any, last.
    var summaries: [(name: String, summary: Summary)]
    var events: Double
    /// Predictions whose labels came in it; empty where none are judged.
    var judged = QualityTally()
    /// Features that drifted in some window that it was part of.
    var drifting: Set<String> = []
    /// Those of them whose change had a name, or came of such a one.
    var broken: Set<String> = []
    /// Different values of the window that ended with it, by feature.
    var distinct: [String: DistinctCount] = [:]

    /// Keeps its scores out of every baseline.
    mutating func keepOutScores() {
        drifting.insert(DriftReport.scoresName)
        broken.insert(DriftReport.scoresName)
    }

    /// Forgets every feature but these.
    mutating func keep(_ names: Set<String>) {
        summaries.removeAll { !names.contains($0.name) }
        drifting.formIntersection(names.union([DriftReport.qualityName]))
        broken.formIntersection(names)
        distinct = distinct.filter { names.contains($0.key) }
    }
}
