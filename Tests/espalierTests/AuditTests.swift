import ArgumentParser
import Drift
import Features
import Foundation
import Project
import TestSupport
import Testing
import Usage

@testable import espalier

/// A made-up project of 500 features of which the truth is known: 40 that the label depends on, 100
/// scaled copies of those, 360 that are noise.
private struct WideProject {
    static let informative = 40
    static let copies = 100
    static let noise = 360
    let scratch: ScratchFolder
    let project: String
    let events: String
    let labels: String

    init(events count: Int) throws {
        scratch = try ScratchFolder()
        var random = SeededGenerator(5)
        let weights = (0..<Self.informative).map { _ in
            Double.random(in: 0.4..<1, using: &random) * (Bool.random(using: &random) ? 1 : -1)
        }
        let names = (0..<Self.informative).map { "i\($0)" } + (0..<Self.noise).map { "n\($0)" }
        var (rows, outcomes) = ("id,at," + names.joined(separator: ",") + "\n", "id,y\n")
        for event in 0..<count {
            let values = names.map { _ in Self.normal(&random) }
            let margin = zip(weights, values).reduce(0) { $0 + $1.0 * $1.1 }
            let isOne = Double.random(in: 0..<1, using: &random) < 1 / (1 + exp(-margin))
            rows += "\(event),\(1_700_000_000_000 + event * 1_000),"
            rows += values.map { "\(($0 * 1_000).rounded() / 1_000)" }.joined(separator: ",")
            rows += "\n"
            outcomes += "\(event),\(isOne ? 1 : 0)\n"
        }
        events = try scratch.write(rows, to: "events.csv")
        labels = try scratch.write(outcomes, to: "labels.csv")
        project = try scratch.write(Self.yaml(names), to: "wide.yaml")
    }

    /// The sum of twelve uniform numbers, less 6.
    private static func normal(_ random: inout SeededGenerator) -> Double {
        (0..<12).reduce(-6) { sum, _ in sum + Double.random(in: 0..<1, using: &random) }
    }

    private static func yaml(_ names: [String]) -> String {
        let fields = names.map { "\($0): double" }.joined(separator: ", ")
        var features = names.map { "  f_\($0): {value: \($0)}\n" }
        for copy in 0..<copies {
            features.append(
                "  f_c\(copy): {value: \"\(copy + 2).0 * i\(copy % informative) + 1\"}\n")
        }
        return """
            project: wide
            events:
              topic: wide
              id: id
              time: {field: at, unit: ms}
              fields: {id: int64, at: int64, \(fields)}
            labels: {topic: wide-labels, id: id, value: y, maturity: 1d}
            features:
            \(features.joined())model:
              {loss: logistic, learning: {alpha: 0.1, l1: 60, publishEvery: 200}}

            """
    }

    func source(_ more: String...) throws -> AuditCommand {
        try #require(
            try Espalier.parseAsRoot(
                ["audit", project, "--events", events, "--labels", labels, "--labels-after", "10s"]
                    + more) as? AuditCommand)
    }
}

@Suite struct AuditTests {
    /// Flagged must be: noise, and all but one of each group of copies. The bounds are those of a
    /// learner that has seen 5,000 events, with room for chance.
    @Test func whatIsFlaggedOf500FeaturesIsRight() throws {
        let wide = try WideProject(events: 5_000)
        let file = try ProjectFile.load(wide.project)
        let command = try wide.source()
        let log = try PruningLog(beside: wide.project)
        let replay = try AuditedReplay(file, command.source)
        let audit = try FeatureAudit(file, AuditMaterial(replay, policy: DriftPolicy()), log)
        #expect(audit.rows.count == 500)
        let flagged = Set(audit.flagged.map(\.evidence.name))
        var kept: [Int: Int] = [:]
        var (right, wrong, missed) = (0, 0, 0)
        for row in audit.rows {
            let name = row.evidence.name
            let number = Int(name.dropFirst(3)) ?? 0
            if name.hasPrefix("f_n") {
                if flagged.contains(name) { right += 1 } else { missed += 1 }
            } else if !flagged.contains(name) {
                kept[number % WideProject.informative, default: 0] += 1
            } else {
                guard case .redundant = row.verdict else {
                    wrong += 1
                    continue
                }
                right += 1
            }
        }
        missed += kept.values.reduce(0) { $0 + $1 - 1 }
        wrong += WideProject.informative - kept.count
        let precision = Double(right) / Double(right + wrong)
        let recall = Double(right) / Double(right + missed)
        #expect(precision >= 0.99, "precision \(precision)")
        #expect(recall >= 0.97, "recall \(recall)")

        let proof = try MaskingProof(file, command.source, flagged.sorted())
        #expect(proof.events == 5_000)
        let area = try #require(proof.area)
        #expect(area.change.upperBound > -0.01, "\(area)")
    }

    @Test func quarantineSkipsAndRestoreIsAsIfNothingHadBeen() throws {
        let wide = try WideProject(events: 600)
        let command = try wide.source()
        let before = try AuditedReplay(
            try ProjectFile.load(wide.project), command.source, keepsScores: true)
        var log = try PruningLog(beside: wide.project)
        for name in ["f_n1", "f_c2"] { log.decide(name, .quarantined, at: 5, reason: "test") }
        try log.write()
        let plan = try ProjectFile.load(wide.project).plan()
        #expect(plan.inputs.count == 498)
        #expect(plan.features.filter { $0.need == .skipped }.map(\.name) == ["f_n1", "f_c2"])
        log = try PruningLog(beside: wide.project)
        #expect(log.state(of: "f_n1") == .quarantined && log.masked == ["f_n1", "f_c2"])
        for name in log.masked { log.decide(name, .active, at: 6, reason: "back") }
        try log.write()
        let after = try AuditedReplay(
            try ProjectFile.load(wide.project), command.source, keepsScores: true)
        #expect(after.scores == before.scores)
    }

    /// The project's waiting periods; what someone reads is flagged at most.
    @Test func theProjectsPolicyIsFollowed() throws {
        let wide = try WideProject(events: 1_200)
        let text = try String(contentsOf: URL(filePath: wide.project), encoding: .utf8)
        _ = try wide.scratch.write(
            text.replacing("{loss: logistic,", with: "{readers: {board: [f_n3]}, loss: logistic,")
                + "pruning: {quarantineAfter: 0s, removeAfter: 0s}\n", to: "wide.yaml")
        let first = try wide.source("--apply").report()
        let read = try #require(first.audit.rows.first { $0.evidence.name == "f_n3" })
        #expect(read.verdict == .read(by: ["board"]) && read.isWanted)
        var log = try PruningLog(beside: wide.project)
        #expect(log.state(of: "f_n3") == .active && log.state(of: "f_n4") == .flagged)
        _ = try wide.source("--apply").report()
        log = try PruningLog(beside: wide.project)
        #expect(log.state(of: "f_n3") == .active && log.state(of: "f_n4") == .quarantined)
        let third = try wide.source("--apply").report()
        log = try PruningLog(beside: wide.project)
        #expect(log.state(of: "f_n3") == .active && log.state(of: "f_n4") == .removed)
        #expect(third.steps.contains("f_n4: removed; delete it from the project file"))
    }

    /// What someone reads is not taken away without a word; what nobody needs is.
    @Test func pruningRefusesWhatIsNeeded() throws {
        let wide = try WideProject(events: 10)
        let text = try String(contentsOf: URL(filePath: wide.project), encoding: .utf8)
        _ = try wide.scratch.write(
            text.replacing("{loss: logistic,", with: "{readers: {board: [f_n3]}, loss: logistic,"),
            to: "wide.yaml")
        func prune(_ rest: String...) throws {
            let command = try Espalier.parseAsRoot(["prune", wide.project] + rest)
            try #require(command as? PruneCommand).run()
        }
        let refusal = #expect(throws: Failure.self) { try prune("quarantine", "f_n3", "f_n4") }
        #expect(refusal?.message.contains("`f_n3`, read by board") == true)
        #expect(refusal?.message.contains("f_n4") == false)
        #expect(try PruningLog(beside: wide.project).masked.isEmpty)
        try prune("quarantine", "f_n4")
        try prune("quarantine", "f_n3", "--force")
        #expect(try PruningLog(beside: wide.project).masked == ["f_n3", "f_n4"])
        let report = try CheckReport(try ProjectFile.load(wide.project))
        #expect(report.text(for: .output).contains("quarantined"))
    }

    @Test func policyTakesOneStepAtATimeAndADamagedLogIsTold() throws {
        let wide = try WideProject(events: 1_200)
        let first = try wide.source("--apply").report()
        #expect(first.steps.count == first.audit.flagged.count)
        var log = try PruningLog(beside: wide.project)
        #expect(log.decisions.values.allSatisfy { $0.state == .flagged })
        #expect(log.decisions.count > 300)
        _ = try wide.source("--apply", "--quarantine-after", "0s").report()
        log = try PruningLog(beside: wide.project)
        #expect(log.masked.count > 300)
        _ = try wide.scratch.write(
            "{\"features\":{\"a\":{\"state\":\"gone\"}}}", to: "wide.pruning.json")
        #expect(throws: Failure.self) { try ProjectFile.load(wide.project) }
    }
}
