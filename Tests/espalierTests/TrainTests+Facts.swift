import ArgumentParser
import Foundation
import JSON
import Model
import Synchronization
import TestSupport
import Testing
import Training

@testable import Project
@testable import espalier

/// Facts of the report that programs read.
extension TrainTests {
    private func report(_ arguments: [String], _ scratch: ScratchFolder) throws -> JSONValue {
        try train(arguments + ["--out", scratch.file("out")])
        let bytes = try scratch.bytes("out/report.json")
        return try JSONValue(parsing: unsafe bytes.span.bytes)
    }

    /// Labels that came early reach what is made from them too.
    @Test func earlyLabelsAreCounted() throws {
        let scratch = try ScratchFolder()
        let files = try payments(scratch)
        let clean = try report([Self.project] + files + ["--gate", "early_labels<=0"], scratch)
        #expect(clean["earlyLabels"] == .array([]) && clean["suspects"] == .array([]))
        let gap = "--gap 1d is shorter than the labels' maturity of 7d"
        func warnings(_ report: JSONValue) -> [String] {
            report["warnings"]?.array?.compactMap(\.string) ?? []
        }
        #expect(warnings(clean).contains { $0.hasPrefix(gap) })
        let text = try String(contentsOfFile: Self.project, encoding: .utf8)
            .replacingOccurrences(
                of: "model: {",
                with: """
                      risk_now:
                        {entity: terminal_id, aggregate: mean, of: label, window: 7d, otherwise: 0}
                      risk_x: {value: "risk_now * amount"}
                      risk_y: {value: "risk_x + 1"}
                    model: {
                    """)
        let project = try scratch.write(text, to: "early.yaml")
        let early = try report([project] + files, scratch)
        let names = ["risk_now", "risk_x", "risk_y"]
        #expect(early["earlyLabels"]?.array?.compactMap(\.string) == names)
        #expect(early["measures"]?["early_labels"]?.double == 3)
        for name in names { #expect(warnings(early).contains { $0.hasPrefix("\(name) ") }) }
        let error = #expect(throws: Failure.self) {
            try train([project] + files + ["--gate", "early_labels<=0"])
        }
        #expect(error?.status == .gate)
    }

    @Test func theReportTellsWhatItWasMadeOf() throws {
        let scratch = try ScratchFolder()
        let files = try payments(scratch)
        let text = try String(contentsOfFile: Self.project, encoding: .utf8)
            .replacingOccurrences(of: "{value: amount}", with: "{value: amount, lock: forbid}")
            .replacingOccurrences(
                of: "{value: \"hour(time) <= 6\"}",
                with: "{value: \"hour(time) <= 6\", lock: keep, sign: negative}")
        let project = try scratch.write(text, to: "locked.yaml")
        let report = try report([project] + files + ["--seed", "7"], scratch)
        #expect(report["seed"]?.integer == 7 && report["gap"]?.integer == 86_400_000)
        let model = try ModelArtifact(file: scratch.file("out/model.json")).content
        #expect(report["data"]?["digest"]?.string == model.data.digest)
        #expect(
            report["data"]?["files"]?.array?.compactMap(\.string) == [
                "events.ndjson", "labels.ndjson",
            ])
        let folds = try #require(report["folds"]?.array)
        #expect(folds.count == 2)
        for fold in folds {
            let known = try #require(fold["training"]?["to"]?.integer)
            let first = try #require(fold["test"]?["from"]?.integer)
            #expect(first - known >= 86_400_000)
            #expect(fold["test"]?["examples"]?.integer ?? 0 > 0)
        }
        func feature(_ name: String) -> JSONValue? {
            report["features"]?.array?.first { $0["name"]?.string == name }
        }
        let (amount, night) = (try #require(feature("amount")), try #require(feature("night")))
        #expect(amount["lock"]?.string == "forbid" && amount["penalty"] == .null)
        #expect(amount["lower"]?.double == 0 && amount["upper"]?.double == 0)
        #expect(night["lock"]?.string == "keep" && night["penalty"]?.double == 0)
        #expect(night["sign"]?.string == "negative" && night["lower"] == .null)
        // The largest λ weighs what is kept alone; the smallest more.
        let path = try #require(report["path"]?.array)
        for point in path {
            #expect(point["weights"]?.object?.count == point["nonZeros"]?.integer.map { Int($0) })
            #expect(point["weights"]?["amount"] == nil && point["intercept"]?.double != nil)
        }
        #expect(path.last?["weights"]?.object?.count ?? 0 > 2)
    }

    /// The value 0 is a value.
    @Test func zeroIsNotMissing() throws {
        let scratch = try ScratchFolder()
        let files = try payments(scratch)
        let events = String(decoding: try scratch.bytes("events.ndjson"), as: UTF8.self)
        let zeroed = events.replacing(#/"terminal_id":[0-9],/#, with: "\"terminal_id\":0,")
        #expect(zeroed != events)
        _ = try scratch.write(zeroed, to: "events.ndjson")
        let report = try report(
            [Self.project] + files + ["--segment", "terminal_id"], scratch)
        let segments = try #require(report["segments"]?.array)
        #expect(segments.first?["value"]?.string == "0")
        #expect(segments.allSatisfy { $0["missing"] == nil })
        let values = ExampleValues(field: "x", keys: [0, nil, 1, nil, 0], texts: [:])
        #expect(values.groups == [0, 2, 1, 2, 0])
    }

    /// Killed anywhere, a run has kept what it did, and the next one goes on within a fold.
    @Test func aKilledRunIsGoneOnWith() throws {
        let scratch = try ScratchFolder()
        let files = try payments(scratch)
        let command = try TrainCommand.parse(
            [Self.project] + files + ["--lambdas", "4", "--folds", "3", "--gap", "1d"]
                + ["--stability", "2", "--threads", "1"])
        let project = try ProjectFile.load(Self.project)
        let set = try TrainingSet.replay(project, command)
        var whole = try TrainRun(project, set, command)
        try whole.train()
        let (path, killed) = (scratch.file("unfinished"), scratch.file("killed"))
        // After five questions of the path, and five of the first fold, in the midst of the second.
        for (stop, names) in [(3, ["path"]), (13, ["fold 0", "fold 1", "path"])] {
            for file in [path, killed] { try? FileManager.default.removeItem(atPath: file) }
            let left = Atomic(stop)
            var run = try TrainRun(project, set, command)
            let work = try UnfinishedWork(at: path, inputs: run.inputs, pauseSeconds: 0)
            (run.finished, run.work) = (work.finished, work)
            try run.train {
                let value = left.subtract(1, ordering: .relaxed).newValue
                // What is on the disk at this moment is all that there is.
                if value == -1 { try? FileManager.default.copyItem(atPath: path, toPath: killed) }
                return value >= 0
            }
            let kept = try UnfinishedWork(at: killed, inputs: run.inputs).finished
            #expect(kept.paths.keys.sorted() == names, "stop \(stop)")
            #expect(kept["fold 1"].points.count == (stop == 13 ? 3 : 0))
            #expect(kept["fold 1"].qualities.isEmpty)
            var next = try TrainRun(project, set, command)
            next.finished = kept
            try next.train()
            #expect(next.chosen == whole.chosen)
            for (fold, same) in zip(next.validation.folds, whole.validation.folds) {
                for (quality, expected) in zip(fold.qualities, same.qualities) {
                    #expect(abs(quality.loss - expected.loss) < 1e-5)
                }
                #expect(fold.qualities.count == same.qualities.count)
            }
        }
    }
}
