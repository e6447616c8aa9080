import ArgumentParser
import Foundation
import JSON
import Model
import TestSupport
import Testing
import Training

@testable import espalier

/// Faults of `espalier fit` in the words of the table.
extension FitTests {
    private func failure(
        _ text: String, _ arguments: [String], as name: String = "table.csv"
    ) throws -> Failure? {
        let scratch = try ScratchFolder()
        let table = try scratch.write(text, to: name)
        do {
            try FitCommand.parse([table] + arguments).run()
            return nil
        } catch { return Failure(error) }
    }

    /// Lines are those of the file, whatever rows came before; columns have names.
    @Test(arguments: [
        (
            "x,y\n1,0\n2,\n", ["--label", "y"],
            "table.csv:3: column y: found \"\"; expected a number"
        ),
        ("x,y\n1,0\n2,no\n", ["--label", "y"], "table.csv:3: column y: found \"no\""),
        (
            "x,y\n1,0\n\n\n2,1\n3,7\n", ["--label", "y"],
            "table.csv:6: column y: found 7; expected 0…1"
        ),
        (
            "x,w,y\n1,1,0\n2,-1,1\n", ["--label", "y", "--weight", "w"],
            "table.csv:3: --weight: found \"-1\""
        ),
        (
            "x,w,y\n1,1,0\n2,,1\n", ["--label", "y", "--weight", "w"],
            "table.csv:3: --weight: found \"\""
        ),
    ])
    func rowsAreToldByTheirLines(
        _ text: String, _ arguments: [String], _ expected: String
    ) throws {
        let failure = try #require(try failure(text, arguments))
        #expect(failure.status == .data)
        #expect(failure.message.contains(expected), "\(failure.message)")
    }

    @Test func linesOfSvmlight() throws {
        let text = "# about\n0 1:1\n\n1 1:2\n5 1:3\n"
        let failure = try #require(try failure(text, [], as: "table.svm"))
        #expect(failure.message.contains("table.svm:5: the label: found 5; expected 0…1"))
    }

    @Test(arguments: [
        (["--alpha", "2"], "--alpha: found 2; expected 0…1"),
        (["--lambdas", "0"], "--lambdas: found 0"), (["--lambda-ratio", "1"], "--lambda-ratio"),
        (["--lambda", "inf"], "--lambda: found inf"),
        (["--tolerance", "0"], "--tolerance: found 0"),
    ])
    func rangesAreChecked(_ arguments: [String], _ expected: String) {
        do {
            _ = try FitCommand.parse(["table.csv", "--label", "y"] + arguments)
            Issue.record("taken")
        } catch {
            let failure = Failure(error)
            #expect(failure.status == .usage && failure.message.contains(expected))
        }
    }

    @Test(arguments: [["--out", "/proc/none/path.json"], ["--artifact", "/proc/none"]])
    func whereNothingCanBeWrittenNothingIsRead(_ arguments: [String]) throws {
        let failure = try #require(
            try failure("no table", ["--label", "y", "--lambda", "1"] + arguments))
        #expect(failure.status == .inputOutput && failure.message.contains("/proc/none: mkdir"))
    }

    /// Numbers between those of features are no features.
    @Test(arguments: [("0 3:2 9:1\n1 3:1 9:1\n0 3:5 9:1\n1 3:2 9:1\n", 1), ("0 1:2\n1 1:1\n", 0)])
    func absentIndicesAreNoFeatures(_ text: String, _ constants: Int) throws {
        let scratch = try ScratchFolder()
        let table = try scratch.write(text, to: "table.svm")
        let command = try FitCommand.parse(
            [table, "--lambda", "0.1", "--out", scratch.file("path.json")])
        try command.run()
        let bytes = try scratch.bytes("path.json")
        let document = try JSONValue(parsing: unsafe bytes.span.bytes)
        let warnings = document["warnings"]?.array?.compactMap(\.string) ?? []
        let constant = warnings.filter { $0.hasPrefix("constant features") }
        #expect(
            constant
                == (constants > 0 ? ["constant features, which get no weight: \(constants)"] : []))
    }

    @Test func theArtifactNamesItsData() throws {
        let scratch = try ScratchFolder()
        func digest(_ value: Int) throws -> String {
            let table = try scratch.write("x,y\n1,0\n2,1\n\(value),0\n4,1\n", to: "table.csv")
            try FitCommand.parse([
                table, "--label", "y", "--lambda", "0.1", "--artifact", scratch.file("out"),
            ]).run()
            let content = try ModelArtifact(file: scratch.file("out/model.json")).content
            return try #require(content.data.digest)
        }
        let first = try digest(3)
        #expect(try digest(3) == first && first.count == 64)
        #expect(try digest(5) != first)
    }

    @Test func rowsAreCountedFromTheirLines() {
        var lines = RowLines()
        for line in [2, 3, 4, 9, 10, 30] { lines.append(line) }
        #expect((0..<6).map { lines[$0] } == [2, 3, 4, 9, 10, 30])
    }
}
