import ArgumentParser
import Foundation
import JSON
import Model
import Sparse
import TestSupport
import Testing
import Training

@testable import Project
@testable import espalier

/// What the report says of quality.
extension TrainTests {
    /// A champion is judged on examples later than its own, beside the new fit on the same.
    @Test func aChampionIsJudgedOnWhatItHasNotSeen() throws {
        let scratch = try ScratchFolder()
        let files = try payments(scratch)
        let measures = [
            "champion_examples", "champion_auc", "auc_gain", "average_precision_gain",
            "log_loss_gain",
        ]
        func report(_ champion: String, _ name: String) throws -> JSONValue {
            try train(
                [Self.project] + files + ["--choose", "minimum", "--out", scratch.file(name)]
                    + ["--champion", champion])
            let bytes = try scratch.bytes("\(name)/report.json")
            return try JSONValue(parsing: unsafe bytes.span.bytes)
        }
        try train(
            [Self.project] + files
                + ["--choose", "minimum", "--until", "2018-04-12", "--out", scratch.file("early")])
        let early = scratch.file("early/model.json")
        let artifact = try ModelArtifact(file: early)
        let times = try #require(artifact.content.data.times)
        #expect(
            times.lowerBound < times.upperBound
                && artifact.content.data.files.first == "events.ndjson")
        let fair = try report(early, "fair")
        let count = try #require(fair["measures"]?["champion_examples"]?.double)
        #expect(count > 50 && count < 400)
        #expect(measures.allSatisfy { fair["measures"]?[$0]?.double != nil })
        // On the rows of its own training there is nothing to learn of it.
        var content = artifact.content
        content.data.times = nil
        let nameless = scratch.file("nameless/model.json")
        try ModelArtifact(content).write(to: nameless)
        for (champion, reason) in [
            (scratch.file("fair/model.json"), "no judged example is later"),
            (nameless, "the champion does not say"),
        ] {
            let unfair = try report(champion, "unfair")
            #expect(measures.allSatisfy { unfair["measures"]?[$0] == nil })
            let warnings = unfair["warnings"]?.array?.compactMap(\.string) ?? []
            #expect(warnings.contains { $0.hasPrefix("gain over") && $0.contains(reason) })
            let error = #expect(throws: Failure.self) {
                try train(
                    [Self.project] + files
                        + ["--champion", champion, "--gate", "auc_gain>=0"])
            }
            #expect(error?.status == .gate && error?.message.contains(reason) == true)
        }
    }

    /// Rows without the feature are a part, and all count by their weights.
    @Test func segmentsHoldAllRows() throws {
        let scratch = try ScratchFolder()
        let files = try payments(scratch)
        let command = try TrainCommand.parse([Self.project] + files + ["--segment", "amount"])
        let project = try ProjectFile.load(Self.project)
        var set = try TrainingSet.replay(project, command)
        guard case .dense(var matrix) = set.table.examples.matrix else {
            Issue.record("not dense")
            return
        }
        let column = try #require(
            set.table.indices.indices.first { set.feature(ofColumn: $0) == "amount" })
        for row in 0..<40 { matrix[row, column] = .nan }
        set.table.examples.matrix = .dense(matrix)
        let run = try TrainRun(project, set, command)
        var judged = TrainRun.Judged()
        for row in 0..<set.table.times.count {
            judged.rows.append(row)
            judged.scored.append(
                score: matrix[row, 1], label: set.table.examples.labels[row],
                weight: Double(row % 3))
        }
        let segments = run.segments(of: "amount", judged)
        #expect(segments.count == 5 && segments.last?.part == .missing)
        #expect(segments.last?.scored.count == 40)
        #expect(segments.reduce(0) { $0 + $1.scored.count } == judged.rows.count)
        #expect(segments.allSatisfy { Set($0.scored.weights) == [0, 1, 2] })
    }

    /// The most frequent values, what is rarer as one, and what has none.
    @Test func fieldsAreSegmentsByValue() throws {
        let scratch = try ScratchFolder()
        let files = try payments(scratch)
        let out = scratch.file("out")
        try train(
            [Self.project] + files + ["--out", out, "--segment", "terminal_id", "customer_id"])
        let bytes = try scratch.bytes("out/report.json")
        let report = try JSONValue(parsing: unsafe bytes.span.bytes)
        let all = try #require(report["segments"]?.array)
        let examples = Set(
            ["terminal_id", "customer_id"].map { name in
                let parts = all.filter { $0["feature"]?.string == name }
                #expect(parts.count == 11)
                let counts = parts.compactMap { $0["examples"]?.integer }
                #expect(counts.prefix(10).sorted(by: >) == Array(counts.prefix(10)))
                #expect(Set(parts.compactMap { $0["value"]?.string }).count == 10)
                #expect((parts.last?["values"]?.integer ?? 0) > 0)
                return counts.reduce(0, +)
            })
        #expect(examples.count == 1)
        let page = String(decoding: try scratch.bytes("out/report.html"), as: UTF8.self)
        #expect(page.contains(" others</td>"))
        let error = #expect(throws: Failure.self) {
            try train([Self.project] + files + ["--segment", "terminal"])
        }
        #expect(error?.message.contains("did you mean terminal_id?") == true)
    }

    /// Where scores promised something and nothing came true is in the plot too.
    @Test func calibrationShowsTenthsWithoutPositives() {
        let scores = (0..<100).map { $0 < 50 ? 0.2 : 0.4 }
        let labels = (0..<100).map { $0 >= 50 && $0 % 2 == 0 ? 1.0 : 0 }
        let series = TrainPage.calibration(of: ScoredLabels(scores: scores, labels: labels)).series
        #expect(series.map { $0.name } == ["", "no positive"])
        #expect(series.map { $0.points.count } == [5, 5])
        #expect(series[1].points.allSatisfy { abs($0.x - 0.2) < 1e-12 && $0.y == 0.05 })
    }
}
