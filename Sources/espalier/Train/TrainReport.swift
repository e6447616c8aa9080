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
    let measures: [(measure: TrainMeasure, value: Double)]
    let artifact: ModelArtifact?
    let verdicts: [GateVerdict]
    /// Of the run, and of the comparison.
    var warnings: [String] {
        run.warnings
            + (judged.rivals.absence.map { ["gain over the champion: \($0)"] } ?? [])
            + (run.champion.refusal.map { ["not compared with the champion: \($0)"] } ?? [])
    }
    var replaySeconds = 0.0
    var seconds = 0.0

    /// Writes model and reports; makes the folder if there is none. A model of another run does
    /// not stay beside them.
    func write(to folder: String) throws {
        do throws(StorageError) { try Folder.make(folder) } catch { throw Failure(error) }
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
