internal import Foundation
internal import Features
internal import JSON
internal import Model
internal import Storage
internal import Training
internal import Project
internal import Sparse

/// What a training came to, for people, programs and gates.
struct TrainReport {
    let run: TrainRun
    let judged: TrainRun.Judged
    let segments: [TrainRun.Segment]
    /// By name, as gates know them.
    let measures: [(name: String, value: Double)]
    let artifact: ModelArtifact?
    let verdicts: [GateVerdict]
    /// Of the run, and of the comparison.
    var warnings: [String] {
        run.warnings + (judged.rivals.absence.map { ["gain over the champion: \($0)"] } ?? [])
    }
    var replaySeconds = 0.0
    var seconds = 0.0

    /// Writes model and reports; makes the folder if there is none. A model of another run does
    /// not stay beside them.
    func write(to folder: String) throws {
        try FileManager.default.createDirectory(
            at: URL(fileURLWithPath: folder), withIntermediateDirectories: true)
        let model = "\(folder)/model.json"
        if let artifact { try artifact.write(to: model) } else { try Leftover.remove(model) }
        try json.write(to: "\(folder)/report.json")
        let page = Array(html.utf8)
        try AtomicFile.write(unsafe page.span.bytes, to: "\(folder)/report.html")
    }

    /// A feature with what is known of its weight; largest weights first, then by name.
    struct Row {
        let name: String
        let column: Int
        let entry: PathPoint.Entry?
        let probability: Double?
        let rocArea: Double?
        let rule: WeightRule
    }

    var rows: [Row] {
        let entries = Dictionary(
            (run.final?.entries ?? []).map { ($0.column, $0) }, uniquingKeysWith: { a, _ in a })
        let probabilities = run.stability.probabilities
        return run.scaling.indices.map { column in
            Row(
                name: run.set.name(ofColumn: column), column: column, entry: entries[column],
                probability: probabilities?[column], rocArea: run.review.rocAreas[column],
                rule: run.rules[column])
        }.sorted { a, b in
            let (x, y) = (abs(a.entry?.standardized ?? 0), abs(b.entry?.standardized ?? 0))
            return x != y ? x > y : a.column < b.column
        }
    }
}

extension TrainRun {
    /// Judges the chosen fit and what the gate asks.
    func report() throws -> TrainReport {
        let judged = judged()
        let segments = command.segment.flatMap { self.segments(of: $0, judged) }
        let measures = measures(judged)
        let metrics = Dictionary(measures, uniquingKeysWith: { a, _ in a })
        return TrainReport(
            run: self, judged: judged, segments: segments, measures: measures,
            artifact: try artifact(metrics: metrics),
            verdicts: command.gate.map { rule in
                rule.verdict(
                    metrics[rule.measure], absence: absence(of: rule.measure, judged.rivals))
            })
    }

    /// What compares the chosen fit with the champion.
    private static let rivalry = [
        "champion_auc", "champion_examples", "auc_gain", "average_precision_gain", "log_loss_gain",
    ]

    /// Why a measure was not taken.
    private func absence(of measure: String, _ rivals: Rivals) -> String {
        switch measure {
        case "suspects" where !review.ranks:
            "none taken, as no feature ranks labels that are all on one side of 0.5"
        case _ where isInterrupted: "nothing, as the run was interrupted"
        case _ where chosen == nil: "nothing, as no λ was chosen"
        case let name where Self.rivalry.contains(name) && project.model.loss == .logistic:
            rivals.absence ?? "nothing, as no --champion was given"
        default: "nothing of that name"
        }
    }

    private func measures(_ judged: Judged) -> [(name: String, value: Double)] {
        var measures: [(String, Double?)] = []
        if let chosen, let final {
            let losses = validation.summary { $0.loss }
            measures += [
                ("loss", losses[chosen].mean), ("loss_error", losses[chosen].error),
                ("weights", Double(final.nonZeroCount)),
            ]
            if project.model.loss == .logistic {
                measures += [
                    ("auc", validation.summary { $0.rocArea }[chosen].mean),
                    ("average_precision", validation.summary { $0.averagePrecision }[chosen].mean),
                    ("pooled_auc", judged.scored.rocArea),
                    ("pooled_average_precision", judged.scored.averagePrecision),
                    ("pooled_log_loss", judged.scored.logLoss),
                    ("brier", judged.scored.brier),
                ]
            }
            let (ours, champion) = (judged.rivals.ours, judged.rivals.champion)
            if champion.count > 0, project.model.loss == .logistic {
                measures += [
                    ("champion_examples", Double(champion.count)),
                    ("champion_auc", champion.rocArea),
                    ("auc_gain", gain(ours.rocArea, champion.rocArea)),
                    (
                        "average_precision_gain",
                        gain(ours.averagePrecision, champion.averagePrecision)
                    ),
                    ("log_loss_gain", gain(champion.logLoss, ours.logLoss)),
                ]
            }
        }
        measures.append(("suspects", review.ranks ? Double(review.suspects.count) : nil))
        measures.append(("examples", Double(design.rowCount)))
        return measures.compactMap { name, value in
            value.flatMap { $0.isFinite ? (name, $0) : nil }
        }
    }

    private func gain(_ ours: Double?, _ theirs: Double?) -> Double? {
        guard let ours, let theirs else { return nil }
        return ours - theirs
    }
}
