import ArgumentParser
import Features
import Foundation
import JSON
import Model
import Registry
import Sparse
import Synchronization
import TestSupport
import Testing
import Training

@testable import Project
@testable import espalier

/// `espalier train` on simulated payments, as a user runs it.
@Suite struct TrainTests {
    static let project =
        "\(SharedData.packageRoot)/schemas/examples/project-card-fraud.yaml"

    func payments(_ scratch: ScratchFolder) throws -> [String] {
        let (events, labels) = (scratch.file("events.ndjson"), scratch.file("labels.ndjson"))
        let command = try SimulateCommand.parse([
            "--days", "16", "--customers", "40", "--terminals", "60", "--warm", "--out", events,
            "--labels-out", labels,
        ])
        try command.run()
        return ["--events", events, "--labels", labels, "--labels-time", "timestamp"]
    }

    func train(_ arguments: [String]) throws {
        let command = try TrainCommand.parse(
            arguments + ["--lambdas", "4", "--folds", "2", "--gap", "1d", "--stability", "1"])
        try command.run()
    }

    @Test func modelAndReportsAreWritten() throws {
        let scratch = try ScratchFolder()
        let files = try payments(scratch)
        let out = scratch.file("out")
        try train([Self.project] + files + ["--out", out, "--segment", "amount"])
        let bytes = try scratch.bytes("out/model.json")
        let artifact = try ModelArtifact(parsing: unsafe bytes.span.bytes)
        let project = try ProjectFile.load(Self.project)
        let plan = try project.plan()
        // The service takes it.
        _ = try SparseModel(artifact: "\(out)/model.json", for: plan)
        let text = try scratch.bytes("out/report.json")
        let report = try JSONValue(parsing: unsafe text.span.bytes)
        #expect(report["version"]?.string == artifact.version)
        #expect(report["path"]?.array?.count == 4)
        #expect(report["limits"]?["examplesLeftOut"]?.integer == 0)
        #expect(report["features"]?.array?.count == plan.inputs.count)
        #expect(report["segments"]?.array?.isEmpty == false)
        let example = try String(
            contentsOfFile: "\(SharedData.packageRoot)/schemas/examples/training-report.json",
            encoding: .utf8)
        let documents = [report.line, example]
        if let verdicts = SchemaValidator.verdicts("training-report.schema.json", documents) {
            #expect(verdicts == ["good", "good"])
        }
        let page = String(decoding: try scratch.bytes("out/report.html"), as: UTF8.self)
        #expect(page.contains("<svg") && !page.contains("http"))
        #expect(HTMLPage.unsetVariables(of: page).isEmpty)
        // Fitted again without penalty it weighs the same features more.
        try train([Self.project] + files + ["--out", scratch.file("relaxed"), "--refit"])
        let relaxedBytes = try scratch.bytes("relaxed/model.json")
        let relaxed = try ModelArtifact(parsing: unsafe relaxedBytes.span.bytes).content
        #expect(relaxed.objective.lambda == 0 && relaxed.solver.parameters["selected_at"] != nil)
        func weighed(_ content: ModelContent) -> [String] {
            content.features.filter {
                if case .numeric(let weight, _) = $0.weights { weight != 0 } else { false }
            }.map(\.name)
        }
        #expect(weighed(relaxed) == weighed(artifact.content))
        // Registered once, under the project's name, and an alias that a service may follow.
        let registry = scratch.file("models")
        for _ in 0..<2 {
            try train(
                [Self.project] + files
                    + ["--register", "--registry", registry, "--alias", "champion"])
        }
        let models = try ModelRegistry(opening: registry).read()
        let registered = try models.model("card-fraud").versions
        #expect(registered.count == 1)
        let champion = ModelReference(name: "card-fraud", selector: .alias("champion"))
        #expect(try models.version(champion).number == 1)
        #expect(throws: Failure.self) {
            try train(
                [Self.project] + files
                    + ["--register", "--registry", scratch.file("none"), "--gate", "auc>=2"])
        }
        #expect(!FileManager.default.fileExists(atPath: scratch.file("none")))
        // Trained again it is the same to the last byte.
        try train([Self.project] + files + ["--out", scratch.file("again")])
        #expect(try scratch.bytes("again/model.json") == bytes)
    }

    @Test func locksAndSignsAreKept() throws {
        let scratch = try ScratchFolder()
        let files = try payments(scratch)
        let text = try String(contentsOfFile: Self.project, encoding: .utf8)
            .replacingOccurrences(
                of: "{value: amount}", with: "{value: amount, lock: forbid, sensitive: true}"
            )
            .replacingOccurrences(
                of: "{value: \"hour(time) <= 6\"}",
                with: "{value: \"hour(time) <= 6\", lock: keep, sign: negative}")
        let project = try scratch.write(text, to: "locked.yaml")
        try train([project] + files + ["--out", scratch.file("out"), "--choose", "minimum"])
        let bytes = try scratch.bytes("out/model.json")
        let content = try ModelArtifact(parsing: unsafe bytes.span.bytes).content
        #expect(content.locks == ["night"])
        for feature in content.features {
            guard case .numeric(let weight, _) = feature.weights else { continue }
            if feature.name == "amount" { #expect(weight == 0) }
            if feature.name == "night" { #expect(weight <= 0 && feature.penaltyFactor == 0) }
        }
    }

    /// Broken off anywhere, a run chooses nothing; the next one goes on and chooses as if there had
    /// been no break.
    @Test func anInterruptedRunChoosesNothing() throws {
        let scratch = try ScratchFolder()
        let files = try payments(scratch)
        let command = try TrainCommand.parse(
            [Self.project] + files + ["--lambdas", "4", "--folds", "3", "--gap", "1d"]
                + ["--stability", "2", "--choose", "bytes=1M", "--threads", "1"]
                + ["--gate", "loss<9", "suspects<=9"])
        let project = try ProjectFile.load(Self.project)
        let set = try TrainingSet.replay(project, command)
        var whole = try TrainRun(project, set, command)
        try whole.train()
        #expect(whole.chosen != nil && !whole.isInterrupted)
        // The path and the folds are 20 questions with their ends, the choice one, the halves two.
        for stop in [0, 1, 4, 6, 12, 17, 20, 21, 22, 23] {
            let left = Atomic(stop)
            var run = try TrainRun(project, set, command)
            try run.train { left.subtract(1, ordering: .relaxed).newValue >= 0 }
            #expect(run.isInterrupted && run.chosen == nil && run.final == nil, "stop \(stop)")
            let halves = run.finished.paths.keys.filter { $0.hasPrefix("half") }
            #expect(halves.count == max(0, stop - 21), "stop \(stop)")
            let report = try run.report()
            #expect(report.artifact == nil && report.json["chosen"] == .null)
            #expect(report.json["warnings"]?.array?.first?.string?.hasPrefix("interrupted") == true)
            #expect(report.verdicts.map(\.isPassed) == [false, true])
            #expect(report.verdicts[0].reason.contains("the run was interrupted"))
            #expect(report.text(for: .output).contains("nothing is chosen"))
            var next = try TrainRun(project, set, command)
            next.finished = run.finished
            try next.train()
            #expect(
                next.chosen == whole.chosen
                    && next.final?.entries.count == whole.final?.entries.count
                    && next.stability.probabilities == whole.stability.probabilities)
        }
        let path = scratch.file("folder/unfinished")
        let work = try UnfinishedWork(at: path, inputs: whole.inputs)
        whole.finished = work.finished
        try whole.train()
        _ = try work.interrupted(whole.finished)
        #expect(try UnfinishedWork(at: path, inputs: whole.inputs).finished == whole.finished)
    }

    /// Folds and halves are fitted by as many threads as there are; every bit is the same.
    @Test func threadsChangeNothing() throws {
        let scratch = try ScratchFolder()
        let files = try payments(scratch)
        func outputs(_ threads: Int) throws -> (model: [UInt8], report: String) {
            let out = "out\(threads)"
            let command = try TrainCommand.parse(
                [Self.project] + files + ["--lambdas", "6", "--folds", "4", "--gap", "1d"]
                    + ["--stability", "6", "--choose", "minimum", "--threads", "\(threads)"]
                    + ["--out", scratch.file(out)])
            try command.run()
            let text = String(decoding: try scratch.bytes("\(out)/report.json"), as: UTF8.self)
            // What a run took is no result, and stands last.
            let report = text.components(separatedBy: "\"seconds\"")[0]
            return (try scratch.bytes("\(out)/model.json"), report)
        }
        let one = try outputs(1)
        #expect(one.report.hasSuffix(",") && one.report.contains("\"selected\""))
        for threads in [2, 5] {
            let more = try outputs(threads)
            #expect(more.model == one.model && more.report == one.report, "\(threads) threads")
        }
    }

    @Test func everyPlaceIsDoneOnce() {
        for threads in [1, 2, 7] {
            #expect(concurrently(40, threadsMax: threads) { $0 * $0 } == (0..<40).map { $0 * $0 })
        }
        #expect(concurrently(0, threadsMax: 3) { $0 }.isEmpty)
    }

    @Test func groupsOfTheProjectComeTogether() throws {
        let scratch = try ScratchFolder()
        let files = try payments(scratch)
        let text = try String(contentsOfFile: Self.project, encoding: .utf8)
            .replacingOccurrences(of: "{value: amount}", with: "{value: amount, group: now}")
            .replacingOccurrences(
                of: "{value: \"hour(time) <= 6\"}",
                with: "{value: \"hour(time) <= 6\", group: now}")
        let project = try scratch.write(text, to: "grouped.yaml")
        try train([project] + files + ["--out", scratch.file("out"), "--choose", "minimum"])
        let bytes = try scratch.bytes("out/report.json")
        let report = try JSONValue(parsing: unsafe bytes.span.bytes)
        let features = try #require(report["features"]?.array)
        let grouped = features.filter { $0["group"]?.string == "now" }
        #expect(Set(grouped.compactMap { $0["name"]?.string }) == ["amount", "night"])
        let weights = grouped.compactMap { $0["weight"]?.double }
        #expect(weights.allSatisfy { $0 != 0 } || weights.allSatisfy { $0 == 0 })
        let model = try scratch.bytes("out/model.json")
        let artifact = try ModelArtifact(parsing: unsafe model.span.bytes)
        let together = artifact.content.features.filter { $0.group == "now" }.map(\.name)
        #expect(Set(together) == ["amount", "night"])
    }

    /// A budget of time counts what the weighed features take, and those that they are made from.
    @Test func aBudgetOfTimeCountsFeatures() throws {
        let scratch = try ScratchFolder()
        let files = try payments(scratch)
        let command = try TrainCommand.parse(
            [Self.project] + files + ["--out", scratch.file("out"), "--choose", "latency=1ms"])
        let set = try TrainingSet.replay(try ProjectFile.load(Self.project), command)
        let meter = try #require(set.meter)
        func nanos(_ name: String) throws -> Double {
            try #require(meter.cost(of: name), "\(name)").nanos
        }
        func takes(_ name: String) throws -> Double {
            let column = try #require(
                set.table.indices.indices.first { set.feature(ofColumn: $0) == name })
            return set.evaluationNanos(weighing: [column])
        }
        #expect(try takes("amount") == nanos("amount"))
        // `amount` in its expression is the field.
        let made = try nanos("customer_mean_1d") + nanos("amount_ratio")
        #expect(abs(try takes("amount_ratio") - made) < 1e-9 * made)
    }

    /// Each customer's examples are judged by fits that have seen none of them.
    @Test func foldsOfEntitiesAndOfChance() throws {
        let scratch = try ScratchFolder()
        let files = try payments(scratch)
        func warnings(_ arguments: [String]) throws -> [String] {
            let command = try TrainCommand.parse(
                [Self.project] + files + ["--out", scratch.file("out"), "--stability", "0"]
                    + ["--lambdas", "3", "--folds", "3"] + arguments)
            try command.run()
            let bytes = try scratch.bytes("out/report.json")
            let report = try JSONValue(parsing: unsafe bytes.span.bytes)
            return report["warnings"]?.array?.compactMap(\.string) ?? []
        }
        #expect(
            try warnings(["--entity", "customer_id"]).contains {
                $0.hasPrefix("folds are of customer_id")
            })
        #expect(try warnings(["--random-folds"]).contains { $0.hasPrefix("folds are random") })
        #expect(throws: Failure.self) { try warnings(["--entity", "custmer_id"]) }
        #expect(throws: (any Error).self) {
            try TrainCommand.parse([Self.project] + files + ["--entity", "x", "--random-folds"])
        }
        let command = try TrainCommand.parse([Self.project] + files + ["--entity", "customer_id"])
        let set = try TrainingSet.replay(try ProjectFile.load(Self.project), command)
        let entities = try #require(set.entities?.keys)
        #expect(entities.count == set.table.ids.count && Set(entities).count <= 40)
        let run = try TrainRun(try ProjectFile.load(Self.project), set, command)
        for split in run.splits {
            let seen = Set(split.training.map { entities[$0] })
            #expect(!split.test.isEmpty && split.test.allSatisfy { !seen.contains(entities[$0]) })
        }
    }

    @Test func aBudgetThatNothingMeetsIsAFailure() throws {
        let scratch = try ScratchFolder()
        let files = try payments(scratch)
        let out = scratch.file("out")
        try train([Self.project] + files + ["--out", out, "--choose", "bytes=1M"])
        #expect(FileManager.default.fileExists(atPath: "\(out)/model.json"))
        do {
            try train([Self.project] + files + ["--out", out, "--choose", "bytes=10"])
            Issue.record("chosen")
        } catch let failure as Failure {
            let inputs = try ProjectFile.load(Self.project).plan().inputs.count
            #expect(failure.status == .data)
            #expect(failure.message.contains("found bytes \(4 * inputs) at least"))
        }
        #expect(!FileManager.default.fileExists(atPath: "\(out)/model.json"))
        let bytes = try scratch.bytes("out/report.json")
        #expect(try JSONValue(parsing: unsafe bytes.span.bytes)["version"] == .null)
    }

    @Test func aGateThatIsNotPassedSaysWhy() throws {
        let scratch = try ScratchFolder()
        let files = try payments(scratch)
        let junit = scratch.file("gate.xml")
        do {
            try train(
                [Self.project] + files + [
                    "--gate", "suspects<=0", "loss<0", "auc_gain>=0", "--junit", junit,
                ])
            Issue.record("passed")
        } catch let failure as Failure {
            #expect(failure.status == .gate)
            #expect(
                failure.message.contains("loss: found") && failure.message.contains("no champion"))
        }
        let xml = String(decoding: try scratch.bytes("gate.xml"), as: UTF8.self)
        #expect(xml.contains("tests=\"3\" failures=\"2\"") && xml.contains("loss&lt;0"))
    }

    @Test(arguments: [
        ("auc>=0.85", "auc", 0.85), ("loss < 3e-2", "loss", 0.03),
        ("auc_gain>-0.01", "auc_gain", -0.01),
    ])
    func gateRulesAreRead(_ text: String, _ measure: String, _ limit: Double) throws {
        let rule = try #require(GateRule(argument: text))
        #expect(rule.measure == measure && rule.limit == limit)
        #expect(rule.verdict(limit).isPassed == (rule.comparison == .atLeast))
        #expect(!rule.verdict(nil).isPassed)
    }

    @Test(arguments: ["auc", ">=1", "auc>=", "auc>=x", "", "auc=1", "auc=>1", "a-b>1"])
    func otherTextsAreNoGateRules(_ text: String) { #expect(GateRule(argument: text) == nil) }
}
