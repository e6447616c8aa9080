import ArgumentParser
import Foundation
import Model
import TestSupport
import Testing

@testable import Project
@testable import espalier

/// What can be told before the history is replayed is told then.
extension TrainTests {
    @Test(arguments: [
        (["--gate", "ap>=0.99"], "found the measure ap; expected one of loss, loss_error"),
        (["--gate", "aucc>=0.5"], "did you mean auc?"),
        (["--gate", "AUC>=0.5"], "did you mean auc?"),
        (["--gate", "loss<1", "peakBytes<9"], "found the measure peakBytes"),
        (["--gate", "auc=>0.5"], "'auc=>0.5' is invalid"),
        (["--alpha", "2"], "--alpha: found 2; expected 0…1"),
        (["--lambdas", "0"], "--lambdas: found 0; expected 1…"),
        (["--lambda-ratio", "2"], "--lambda-ratio: found 2"),
        (["--register", "--alias", "bad name"], "--alias: found \"bad name\""),
        (["--register", "--alias", "3"], "--alias: found 3"),
    ])
    func optionsAreCheckedAtOnce(_ arguments: [String], _ expected: String) {
        do {
            _ = try TrainCommand.parse([Self.project] + arguments)
            Issue.record("taken")
        } catch {
            let failure = Failure(error)
            #expect(failure.status == .usage)
            #expect(failure.message.contains(expected), "\(failure.message)")
        }
    }

    /// There are no events, which would be told next.
    @Test(arguments: [
        ("logistic", ["--out", "/proc/none"], 74, "/proc/none: mkdir"),
        ("logistic", ["--junit", "/proc/gate.xml"], 74, "/proc"),
        ("logistic", ["--junit", "/tmp"], 74, "/tmp: found a folder"),
        ("poisson", [], 78, "found the loss poisson; expected logistic or squared"),
        ("squared", ["--gate", "auc>=0.5"], 64, "found auc for the loss squared"),
        ("squared", ["--gate", "auc_gain>=0"], 64, "found auc_gain for the loss squared"),
        (
            "logistic", ["--champion", "card-fraud@champion", "--registry", "/nowhere"],
            74, "found no file card-fraud@champion, and in the registry: /nowhere"
        ),
        ("logistic", ["--champion", "a/b.json"], 74, "a/b.json: open"),
    ])
    func whatCannotBeIsToldBeforeTheReplay(
        _ loss: String, _ arguments: [String], _ status: Int32, _ expected: String
    ) throws {
        let scratch = try ScratchFolder()
        let text = try String(contentsOfFile: Self.project, encoding: .utf8)
            .replacingOccurrences(of: "loss: logistic", with: "loss: \(loss)")
        let project = try scratch.write(text, to: "project.yaml")
        let error = #expect(throws: Failure.self) {
            try train([project, "--events", "none.ndjson", "--labels", "none.ndjson"] + arguments)
        }
        #expect(error?.status.rawValue == status)
        #expect(error?.message.contains(expected) == true, "\(error?.message ?? "")")
    }

    /// Every measure has a name that gates take, and help tells them all.
    @Test func helpListsTheMeasures() {
        let words = Set(
            TrainCommand.helpMessage(columns: 10_000).split { !($0.isLetter || $0 == "_") })
        for measure in TrainMeasure.allCases {
            #expect(words.contains(Substring(measure.rawValue)), "\(measure)")
            #expect(GateRule(argument: "\(measure.rawValue)>=1")?.measure == measure.rawValue)
            #expect(TrainMeasure.fault(of: measure.rawValue) == nil)
        }
    }
}
