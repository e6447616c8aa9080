import ArgumentParser
import Foundation
import JSON
import Model
import Registry
import TestSupport
import Testing
import Training

@testable import Project
@testable import espalier

/// A champion of the registry beside the new fit.
extension TrainTests {
    private func report(_ scratch: ScratchFolder, _ name: String) throws -> JSONValue {
        let bytes = try scratch.bytes("\(name)/report.json")
        return try JSONValue(parsing: unsafe bytes.span.bytes)
    }

    /// The project with another amount.
    private func keeping(_ amount: String, _ scratch: ScratchFolder) throws -> String {
        let text = try String(contentsOfFile: Self.project, encoding: .utf8)
            .replacingOccurrences(of: "{value: amount}", with: amount)
        return try scratch.write(text, to: "project.yaml")
    }

    @Test func theRegistrysChampionIsComparedWith() throws {
        let scratch = try ScratchFolder()
        let project = try keeping("{value: amount, lock: keep}", scratch)
        let common = (try payments(scratch)) + ["--registry", scratch.file("models")]
        func train(_ name: String, _ arguments: [String]) throws -> JSONValue {
            let project = name == "early" ? Self.project : project
            try self.train([project] + common + ["--out", scratch.file(name)] + arguments)
            return try report(scratch, name)
        }
        let early = ["--until", "2018-04-12", "--register", "--choose", "atmost=0"]
        let first = try train("early", early + ["--alias", "champion"])
        #expect(first["champion"] == .null && first["measures"]?["auc_gain"] == nil)
        let beside = try train("beside", ["--choose", "minimum"])
        let champion = try #require(beside["champion"])
        #expect(champion["reference"]?.string == "card-fraud@1")
        #expect(champion["version"]?.integer == 1 && champion["name"]?.string == "card-fraud")
        #expect(champion["digest"] == first["version"])
        // Both on the same examples, so that they differ by the gain.
        let measures = try #require(beside["measures"])
        let (ours, theirs) = (
            try #require(measures["auc_beside_champion"]?.double),
            try #require(measures["champion_auc"]?.double)
        )
        #expect(measures["auc_gain"]?.double == ours - theirs)
        #expect(champion["auc"]?.double == theirs && champion["newAUC"]?.double == ours)
        #expect(champion["examples"]?.double == measures["champion_examples"]?.double)
        let entered = champion["entered"]?.array?.compactMap { $0["feature"]?.string } ?? []
        #expect(entered.contains("amount") && champion["left"] == .array([]))
        let page = String(decoding: try scratch.bytes("beside/report.html"), as: UTF8.self)
        #expect(page.contains("card-fraud@1") && page.contains(first["version"]?.string ?? "-"))
        #expect(page.contains("<td>entered</td>"))
        // Named it is the same one, and a model does not hold what it is compared with.
        let named = try train(
            "named", ["--choose", "minimum", "--champion", "card-fraud@champion"])
        #expect(named["champion"] == champion && named["measures"] == measures)
        let alone = try ScratchFolder()
        let files = try payments(alone)
        try self.train(
            [project] + files + ["--choose", "minimum", "--out", alone.file("out")])
        #expect(try alone.bytes("out/model.json") == scratch.bytes("beside/model.json"))
        let error = #expect(throws: Failure.self) {
            try train("none", ["--champion", "card-fraud@challenger"])
        }
        #expect(error?.status == .usage && error?.message.contains("no alias") == true)
    }

    /// A champion that cannot score the project's examples does not keep others from training.
    @Test func aChampionOfOtherFeaturesIsNamed() throws {
        let scratch = try ScratchFolder()
        let files = try payments(scratch)
        let registry = scratch.file("models")
        try train(
            [try keeping("{value: amount, lock: keep}", scratch)] + files
                + ["--registry", registry, "--register", "--alias", "champion"])
        let project = try keeping("{value: \"amount * 2\"}", scratch)
        let common = [project] + files + ["--registry", registry]
        try train(common + ["--out", scratch.file("out")])
        let other = try report(scratch, "out")
        #expect(other["champion"] == .null)
        #expect(
            other["warnings"]?.array?.contains {
                $0.string?.hasPrefix("not compared with the champion: card-fraud@1: ") == true
            } == true)
        let error = #expect(throws: Failure.self) {
            try train(common + ["--champion", "card-fraud"])
        }
        #expect(error?.status == .data)
    }

    /// What judges a refitted model is refitted.
    @Test func refittedWeightsAreJudged() throws {
        let scratch = try ScratchFolder()
        let files = try payments(scratch)
        func chosen(_ name: String, _ more: [String]) throws -> (loss: Double, path: Double) {
            try train(
                [Self.project] + files
                    + ["--choose", "atmost=3", "--out", scratch.file(name)] + more)
            let written = try report(scratch, name)
            let point = written["path"]?.array?.first { $0["lambda"] == written["chosen"] }
            return (
                try #require(written["measures"]?["loss"]?.double),
                try #require(point?["loss"]?["mean"]?.double)
            )
        }
        let penalised = try chosen("penalised", [])
        #expect(penalised.loss == penalised.path)
        let relaxed = try chosen("relaxed", ["--refit"])
        #expect(relaxed.path == penalised.path && relaxed.loss != relaxed.path)
        let project = try ProjectFile.load(Self.project)
        let command = try TrainCommand.parse(
            [Self.project] + files + ["--lambdas", "4", "--folds", "2", "--gap", "1d"]
                + ["--stability", "1", "--choose", "atmost=3", "--refit"])
        var run = try TrainRun(project, try TrainingSet.replay(project, command), command)
        try run.train()
        let place = try #require(run.chosen)
        #expect(run.judges.count == 2)
        for (judge, fold) in zip(run.judges, run.validation.folds) {
            let penalised = fold.points[place]
            #expect(judge.point.entries.map(\.column) == penalised.entries.map(\.column))
            #expect(judge.point.meanLoss < penalised.meanLoss)
        }
        let refitted = try run.report()
        #expect(refitted.json["measures"]?["loss"]?.double == relaxed.loss)
    }
}
