import ArgumentParser
import Bytes
import Drift
import Foundation
import JSON
import Model
import Pipeline
import PipelineFixture
import TestSupport
import Testing

@testable import Project
@testable import espalier

/// What a model was trained on is what windows are compared with.
@Suite(.enabled(if: isOptimized, "optimised code only"))
struct TrainingBaselineOptimisedTests {
    /// A month of payments, of which the first three weeks train a model, and a project that scores
    /// with it.
    private struct Trained {
        let scratch: ScratchFolder
        let project: String
        let artifact: ModelArtifact

        /// 2018-04-22, three weeks after the beginning.
        static let turn: Int64 = 1_524_355_200_000

        init(fault: [String] = []) throws {
            scratch = try ScratchFolder()
            let simulate = [
                "--days", "28", "--customers", "150", "--terminals", "300", "--warm", "--out",
                scratch.file("events.ndjson"), "--labels-out", scratch.file("labels.ndjson"),
            ]
            try SimulateCommand.parse(simulate + fault.flatMap { ["--fault", $0] }).run()
            let text = try String(
                contentsOfFile: "\(SharedData.packageRoot)/schemas/examples/"
                    + "project-card-fraud.yaml", encoding: .utf8
            )
            .replacing("path: models/current", with: "path: \(scratch.file("out/model.json"))")
            .replacing("reasons: 3", with: "reasons: 3, learning: {enabled: false}")
            .replacing("\nmodel:", with: "\n  region: {category: terminal_id, bits: 4}\nmodel:")
            project = try scratch.write(
                text + "\ndrift: {window: 1d, baseline: training}\n", to: "project.yaml")
            try TrainCommand.parse([
                project, "--events", scratch.file("events.ndjson"), "--labels",
                scratch.file("labels.ndjson"), "--labels-time", "timestamp", "--until",
                "2018-04-22",
                "--lambdas", "4", "--folds", "2", "--gap", "1d", "--stability", "0", "--out",
                scratch.file("out"),
            ]).run()
            let bytes = try scratch.bytes("out/model.json")
            artifact = try ModelArtifact(parsing: unsafe bytes.span.bytes)
        }
    }

    /// The scaler of the fit is another way to the same numbers.
    @Test func anArtifactTellsOfItsExamples() throws {
        let trained = try Trained()
        let content = trained.artifact.content
        let baseline = try #require(content.baseline)
        #expect(baseline.times == content.data.times)
        #expect(Set(baseline.features.keys) == Set(content.features.map(\.name)))
        for feature in content.features {
            guard case .numeric(_, let scaling) = feature.weights else { continue }
            let column = try #require(baseline.features[feature.name])
            guard case .numeric(let numbers?) = column.values else {
                Issue.record("\(feature.name): \(column.values)")
                continue
            }
            #expect(column.events == content.data.examples)
            #expect(abs(numbers.mean - scaling.mean) <= 1e-9 * max(1, abs(scaling.mean)))
            let present = column.events - column.missing - column.nonFinite
            let variance = numbers.variance * Double(present - 1) / Double(present)
            #expect(abs(variance.squareRoot() - scaling.scale) <= 1e-9 * scaling.scale)
            #expect(numbers.steps.reduce(0) { $0 + $1.weight } == Double(present))
        }
        #expect(baseline.scores.events == content.data.examples)
    }

    private func compare(_ trained: Trained) throws -> DriftComparison {
        let drift = try DriftCommand.parse([
            trained.project, "--events", trained.scratch.file("events.ndjson"), "--labels",
            trained.scratch.file("labels.ndjson"), "--labels-time", "timestamp", "--baseline",
            "training", "--window", "2018-04-22..",
        ])
        return try drift.comparison()
    }

    @Test func filesAreComparedWithIt() throws {
        let clean = try compare(Trained())
        #expect(clean.report.features.count == 17)
        // Windows of 30 days fill for a month, and those of terminals begin a week late.
        let drifting = clean.report.drifting.map(\.name)
        #expect(
            drifting.allSatisfy { $0.hasPrefix("terminal_") || $0.hasSuffix("_30d") }, "\(drifting)"
        )
        #expect(clean.report.features.allSatisfy { $0.verdict != .tooFewEvents })
        try expectPromises(of: clean)
        let trained = try Trained(fault: ["unit@2018-04-22.."])
        let found = try compare(trained)
        let amount = try #require(found.report.features.first { $0.name == "amount" })
        #expect(amount.anomalies == [.unitChange(factor: 1_000)])
        #expect(found.json["model"]?.string == trained.artifact.version)
        let baseline = try #require(trained.artifact.content.baseline)
        #expect(found.json["baseline"]?["from"]?.integer == baseline.times.lowerBound)
    }

    /// The share of positives that the scores' sketches promise is the mean of all scores, which is
    /// exact, to the rank error times their range of 1.
    private func expectPromises(of comparison: DriftComparison) throws {
        let scores = try #require(comparison.report.scores)
        let quality = try #require(comparison.json["quality"])
        for (name, profile) in [("baseline", scores.baseline), ("expected", scores.window)] {
            let positives = try #require(quality[name]?["positives"]?.double)
            let error = profile.distribution.rankError + 1e-12
            #expect(abs(positives - profile.mean) <= error, "\(name)")
            #expect(try #require(quality[name]?["auc"]?.double) > 0.5, "\(name)")
        }
        #expect(quality["loss_rose"] == nil && quality["scores_moved"] == nil)
        let verdicts = SchemaValidator.verdicts("drift.schema.json", [comparison.json.line])
        #expect(verdicts ?? ["good"] == ["good"])
    }

    /// The service compares from its first window on, and what lasts becomes no rule; so does one
    /// that was restored.
    @Test func theServiceComparesWithIt() throws {
        let trained = try Trained(fault: ["unit@2018-04-22.."])
        let file = try ProjectFile.load(trained.project)
        var settings = try file.servingSettings(file.plan(), model: nil)
        settings.watch = file.watchSettings
        try file.checkBaseline(of: settings)
        var pipeline = try EventPipeline(settings)
        let text = String(decoding: try trained.scratch.bytes("events.ndjson"), as: UTF8.self)
        var outbox = Outbox()
        var windows: [JSONValue] = []
        var isRestored = false
        for (place, line) in text.split(separator: "\n").enumerated() {
            let event = try JSONValue(parsing: String(line))
            let time = try #require(event["timestamp"]?.integer)
            let origin = RecordOrigin(
                stream: .events, partition: 0, offset: Int64(place), timestampMillis: time)
            let bytes = Array(line.utf8)
            pipeline.step(origin, key: nil, value: unsafe bytes.span.bytes, into: &outbox)
            _ = pipeline.tick(now: time, into: &outbox)
            for message in outbox.messages where message.destination == .drift {
                windows.append(try JSONValue(parsing: outbox.bytes(message.value)))
            }
            outbox.removeAll()
            guard time >= Trained.turn + 3 * 86_400_000, !isRestored else { continue }
            isRestored = true
            pipeline = try Snapshot.pipeline(Snapshot.bytes(&pipeline), settings)
        }
        let times = try #require(trained.artifact.content.baseline?.times)
        #expect(windows.count == 27 && isRestored)
        for window in windows {
            #expect(window["baseline"]?["from"]?.integer == times.lowerBound)
            let end = try #require(window["window"]?["to"]?.integer)
            let amount = window["features"]?.array?.first { $0["feature"]?.string == "amount" }
            let isBroken = amount?["cause"]?.string?.hasPrefix("unit-change") == true
            #expect(isBroken == (end > Trained.turn), "window to \(end)")
        }
    }

    /// What an online learner wrote tells of the examples that it learned from; a change of unit
    /// after them is named, and nothing else but windows that fill for a month drifts.
    @Test func anOnlineLearnersArtifactTells() throws {
        let scratch = try ScratchFolder()
        func payments(_ name: String, _ days: String, _ more: [String] = []) throws {
            try SimulateCommand.parse(
                [
                    "--days", days, "--customers", "150", "--terminals", "300", "--warm", "--out",
                    scratch.file("\(name).ndjson"), "--labels-out",
                    scratch.file("\(name)-labels.ndjson"),
                ] + more
            ).run()
        }
        try payments("past", "21")
        try payments("all", "28", ["--fault", "unit@2018-04-22.."])
        let text = try String(
            contentsOfFile: "\(SharedData.packageRoot)/schemas/examples/project-card-fraud.yaml",
            encoding: .utf8)
        let learning = try scratch.write(text + "\ndrift: {window: 1d}\n", to: "learning.yaml")
        let model = scratch.file("model.json")
        try ReplayCommand.parse([
            learning, "--events", scratch.file("past.ndjson"), "--labels",
            scratch.file("past-labels.ndjson"), "--labels-time", "timestamp", "--model-out", model,
        ]).run()
        let bytes = try scratch.bytes("model.json")
        let content = try ModelArtifact(parsing: unsafe bytes.span.bytes).content
        let told = try #require(content.baseline)
        #expect(told.scores.events == content.data.examples && told.times == content.data.times)
        #expect(told.window?.millis == 86_400_000)
        #expect(told.features["amount"]?.distinct != nil)
        let scoring = try scratch.write(
            text.replacing("path: models/current", with: "path: \(model)")
                .replacing("reasons: 3", with: "reasons: 3, learning: {enabled: false}")
                + "\ndrift: {window: 1d, baseline: training}\n", to: "scoring.yaml")
        let file = try ProjectFile.load(scoring)
        try file.checkBaseline(of: file.servingSettings(file.plan(), model: nil))
        let found = try DriftCommand.parse([
            scoring, "--events", scratch.file("all.ndjson"), "--baseline", "training", "--window",
            "2018-04-22..", "--stretch", "1d",
        ]).comparison()
        let amount = try #require(found.report.features.first { $0.name == "amount" })
        #expect(amount.anomalies == [.unitChange(factor: 1_000)])
        #expect(amount.comparison[.distinct] != nil)
    }

    /// A model that does not tell is refused where its training data is asked for.
    @Test func aModelMustTell() throws {
        let trained = try Trained()
        var content = trained.artifact.content
        content.baseline = nil
        let silent = trained.scratch.file("silent.json")
        try Data(ModelArtifact(content).bytes).write(to: URL(filePath: silent))
        let file = try ProjectFile.load(trained.project)
        let settings = try file.servingSettings(file.plan(), model: silent)
        let failure = #expect(throws: Failure.self) { try file.checkBaseline(of: settings) }
        #expect(failure?.message.contains("`drift.baseline`") == true)
    }
}
