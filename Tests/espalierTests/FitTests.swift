import ArgumentParser
import Foundation
import JSON
import Model
import TestSupport
import Testing
import Training

@testable import espalier

/// `espalier fit` as a user runs it, on small files.
@Suite struct FitTests {
    private static let rows = (0..<60).map { row -> (x: Double, z: Double, y: Int) in
        let x = Double((row * 37) % 61) / 10
        return (x, Double((row * 17) % 23), (x + Double(row % 7) / 2 > 4) ? 1 : 0)
    }

    private static let csv =
        "id,x,z,y\n"
        + rows.enumerated().map { "r\($0),\($1.x),\($1.z),\($1.y)\n" }.joined()

    private static let svm = rows.map { "\($0.y == 1 ? 1 : -1) 0:\($0.x) 1:\($0.z) # note\n" }
        .joined()

    private func fit(_ arguments: [String]) throws -> JSONValue {
        let scratch = try ScratchFolder()
        let out = scratch.file("path.json")
        let command = try FitCommand.parse(arguments + ["--out", out])
        try command.run()
        let bytes = try scratch.bytes("path.json")
        return try JSONValue(parsing: unsafe bytes.span.bytes)
    }

    private func points(_ document: JSONValue) throws -> [JSONValue] {
        try #require(document["paths"]?.array?.first?["points"]?.array)
    }

    @Test func csvAndSvmlightAgree() throws {
        let scratch = try ScratchFolder()
        let csv = try scratch.write(Self.csv, to: "table.csv")
        let svm = try scratch.write(Self.svm, to: "table.svm")
        let dense = try points(
            fit([csv, "--label", "y", "--ignore", "id", "--lambdas", "6"]))
        let sparse = try points(fit([svm, "--lambdas", "6"]))
        #expect(dense.count == 6 && sparse.count == 6)
        for (a, b) in zip(dense, sparse) {
            for (left, right) in [("x", "0"), ("z", "1")] {
                let weight = a["weights"]?[left]?["weight"]?.double ?? 0
                let other = b["weights"]?[right]?["weight"]?.double ?? 0
                #expect(abs(weight - other) < 1e-9)
            }
            let gap = try #require(a["gap"]?.double)
            #expect(gap <= 1e-9 && a["converged"]?.bool == true)
        }
    }

    /// The document says what its schema says, and both scales tell the same margin.
    @Test(.enabled(if: SchemaValidator.isAvailable, "needs a python3 with the package jsonschema"))
    func documentKeepsToTheSchema() throws {
        let scratch = try ScratchFolder()
        let csv = try scratch.write(Self.csv, to: "table.csv")
        let document = try fit([
            csv, "--label", "y", "--ignore", "id", "--lambdas", "5", "--folds", "3", "--alpha", "1",
            "0.5",
        ])
        #expect(SchemaValidator.verdicts("path.schema.json", [document.line]) == ["good"])
        let example = try String(
            contentsOfFile: "\(SharedData.packageRoot)/schemas/examples/path.json", encoding: .utf8)
        #expect(SchemaValidator.verdicts("path.schema.json", [example]) == ["good"])
        let features = try #require(document["features"]?.array)
        for point in try points(document) {
            var margin = try #require(point["intercept"]?.double)
            for feature in features {
                let name = feature["name"]?.string ?? ""
                let weight = point["weights"]?[name]?["weight"]?.double ?? 0
                margin += weight * (feature["mean"]?.double ?? .nan)
            }
            #expect(abs(margin - (point["standardizedIntercept"]?.double ?? .nan)) < 1e-12)
        }
    }

    @Test func theChosenFitBecomesAnArtifact() throws {
        let scratch = try ScratchFolder()
        let csv = try scratch.write(Self.csv, to: "table.csv")
        let command = try FitCommand.parse([
            csv, "--label", "y", "--ignore", "id", "--lambda", "0.05", "--penalty", "z=0",
            "--artifact", scratch.file("models"), "--out", scratch.file("path.json"),
        ])
        try command.run()
        let bytes = try scratch.bytes("models/model.json")
        let artifact = try ModelArtifact(parsing: unsafe bytes.span.bytes)
        #expect(artifact.content.name == "table" && artifact.content.locks == ["z"])
        #expect(artifact.content.objective == .init(lambda: 0.05, alpha: 1))
        #expect(artifact.content.features.map(\.name) == ["x", "z"])
    }

    @Test func ofSvmlightWeighedFeaturesAreTold() throws {
        let scratch = try ScratchFolder()
        let wide = Self.svm.split(separator: "\n").enumerated().map { row, line in
            let fields = line.split(separator: "#")[0]
            return "\(fields)\(row % 2 == 0 ? "500000:1" : "")\n"
        }
        let svm = try scratch.write(wide.joined(), to: "table.svm")
        let document = try fit([svm, "--lambda", "0.05"])
        let weights = try #require(try points(document).first?["weights"]?.object)
        let told = document["features"]?.array?.compactMap { $0["name"]?.string } ?? []
        #expect(!told.isEmpty && told.count == weights.count && told.count < 4)
        #expect(told.allSatisfy { weights[$0] != nil })
    }

    @Test(arguments: ["x,z", "x..z", "*"])
    func featuresOfAGroupComeTogether(_ group: String) throws {
        let scratch = try ScratchFolder()
        let csv = try scratch.write(Self.csv, to: "table.csv")
        let document = try fit([
            csv, "--label", "y", "--ignore", "id", "--lambdas", "12", "--group", group,
        ])
        let counts = Set(try points(document).map { $0["weights"]?.object?.count ?? -1 })
        #expect(counts == [0, 2])
        let groups = document["features"]?.array?.map { $0["group"]?.string }
        #expect(groups == [group, group])
    }

    /// Two of the rule's amounts are told: the budget and what the chosen fit takes of it.
    @Test func aBudgetChooses() throws {
        let scratch = try ScratchFolder()
        let csv = try scratch.write(Self.csv, to: "table.csv")
        let common = [csv, "--label", "y", "--ignore", "id", "--folds", "3", "--lambdas", "12"]
        func path(_ rule: String) throws -> JSONValue {
            try #require(try fit(common + ["--choose", rule])["paths"]?.array?.first)
        }
        let tight = try path("bytes=40")
        let tightest = try #require(tight["chosen"]?.double.map { Int($0) })
        #expect(tight["points"]?.array?[tightest]["nonZeros"]?.double == 1)
        #expect(tight["cost"]?.double == 40 && tight["validation"]?["rule"]?.string == "bytes=40")
        #expect(try path("bytes=39")["cost"]?.double == 8)
        #expect(try path("bytes=1k")["chosen"] == path("minimum")["chosen"])
        let measured = try #require(try path("latency=1ms")["cost"]?.double)
        #expect(measured > 0 && measured <= 1e6)
    }

    /// What was found is told and written, but for a model: one of an earlier run does not stay.
    @Test(arguments: [
        (["--choose", "bytes=7"], "found bytes 8 at least"),
        (["--choose", "latency=0ns"], "at least; expected a λ that takes no more"),
        (["--choose", "atmost=0", "--penalty", "x=0"], "found 1 weights at least"),
    ])
    func aBudgetThatNothingMeetsIsAFailure(_ arguments: [String], _ expected: String) throws {
        let scratch = try ScratchFolder()
        let csv = try scratch.write(Self.csv, to: "table.csv")
        let model = scratch.file("models/model.json")
        let common = [
            csv, "--label", "y", "--ignore", "id", "--folds", "3", "--lambdas", "6", "--artifact",
            scratch.file("models"), "--out", scratch.file("path.json"),
        ]
        try FitCommand.parse(common).run()
        #expect(FileManager.default.fileExists(atPath: model))
        do {
            try FitCommand.parse(common + arguments).run()
            Issue.record("chosen")
        } catch let failure as Failure {
            #expect(failure.status == .data && failure.message.contains(expected))
        }
        #expect(!FileManager.default.fileExists(atPath: model))
        let bytes = try scratch.bytes("path.json")
        let path = try JSONValue(parsing: unsafe bytes.span.bytes)["paths"]?.array?.first
        #expect(path?["points"]?.array?.count == 6 && path?["chosen"] == nil)
    }

    /// Stopped before any of its fits, a run leaves those before, and the next one goes on.
    @Test func anInterruptedRunIsGoneOnWith() throws {
        let scratch = try ScratchFolder()
        let csv = try scratch.write(Self.csv, to: "table.csv")
        let command = try FitCommand.parse([
            csv, "--label", "y", "--ignore", "id", "--lambdas", "5", "--folds", "3", "--alpha", "1",
            "0.5",
        ])
        func run() throws -> FitRun {
            var progress = ProgressLine(unit: "rows")
            var roles = NumericTable.Roles(label: "y")
            roles.ignored = ["id"]
            return try FitRun(try NumericTable.read(csv, roles, &progress), command)
        }
        var whole = try run()
        try whole.fit()
        let path = scratch.file("path.json.unfinished")
        for stop in [0, 3, 8, 14, 29, 37] {
            var first = try run()
            let work = try UnfinishedWork(at: path, inputs: first.inputs)
            first.finished = work.finished
            var looks = 0
            try first.fit {
                looks += 1
                return looks <= stop
            }
            let failure = try work.interrupted(first.finished)
            #expect(failure.status == .interrupted && failure.message.contains("goes on"))
            var second = try run()
            let left = try UnfinishedWork(at: path, inputs: second.inputs)
            #expect(left.finished == first.finished)
            second.finished = left.finished
            try second.fit()
            #expect(second.paths.map(\.chosen) == whole.paths.map(\.chosen), "stop \(stop)")
            for (a, b) in zip(second.paths, whole.paths) {
                #expect(a.points.map(\.lambda) == b.points.map(\.lambda))
                for (point, expected) in zip(a.points, b.points) {
                    #expect(abs(point.objective - expected.objective) < 1e-9)
                }
                #expect(a.validation?.completeCount == 5)
            }
            left.remove()
            #expect(try UnfinishedWork(at: path, inputs: second.inputs).finished.count == 0)
        }
        // Of other inputs nothing is taken.
        _ = try UnfinishedWork(at: path, inputs: "others").interrupted(whole.finished)
        #expect(try UnfinishedWork(at: path, inputs: whole.inputs).finished.count == 0)
        _ = try scratch.write("no frame", to: "path.json.unfinished")
        #expect(throws: Failure.self) { try UnfinishedWork(at: path, inputs: whole.inputs) }
    }

    @Test func foldsByEntityHoldWholeOnes() throws {
        let scratch = try ScratchFolder()
        let csv = try scratch.write(Self.csv, to: "table.csv")
        let command = try FitCommand.parse([
            csv, "--label", "y", "--entity", "id", "--folds", "4", "--lambdas", "3",
        ])
        try command.run()
        #expect(throws: (any Error).self) {
            try FitCommand.parse([csv, "--label", "y", "--entity", "id"])
        }
    }

    @Test(arguments: [
        (["--label", "w"], "--label: found w, which is no column"),
        (["--label", "y"], "column id: found \"r0\"; expected a number"),
        (["--label", "y", "--ignore", "id", "--penalty", "q=1"], "--penalty: found q"),
        (["--label", "y", "--ignore", "id", "--penalty", "x"], "expected feature=factor"),
        (["--label", "y", "--ignore", "id", "--bounds", "x=2..1"], "--bounds: found x=2..1"),
        (["--label", "z", "--ignore", "id"], "expected 0…1 for the logistic loss"),
        (["--label", "y", "--ignore", "id", "--group", "x"], "which names 1 features"),
        (["--label", "y", "--ignore", "id", "--group", "w*"], "which names 0 features"),
        (["--label", "y", "--ignore", "id", "--group", "z..x"], "which names 0 features"),
        (["--label", "y", "--ignore", "id", "--group", "x,q"], "--group: found q"),
        (["--label", "y", "--ignore", "id", "--group", "x..z", "x,z"], "that share no feature"),
        (
            ["--label", "y", "--ignore", "id", "--group", "x,z", "--bounds", "x=0.."],
            "feature x: found the bounds"
        ),
    ])
    func faultsAreNamed(_ arguments: [String], _ expected: String) throws {
        let scratch = try ScratchFolder()
        let csv = try scratch.write(Self.csv, to: "table.csv")
        do {
            _ = try fit([csv] + arguments)
            Issue.record("taken")
        } catch let failure as Failure {
            #expect(failure.message.contains(expected), "\(failure.message)")
        }
    }

    @Test(arguments: [
        "1 0:1 0:2\n", "1 5:x\n", "a 1:1\n", "1 :3\n", "1 3\n", "0 4:1 2:1\n",
        "1 99999999999:1\n", "1 67108864:1\n",
    ])
    func brokenLinesOfSvmlight(_ text: String) throws {
        let scratch = try ScratchFolder()
        let svm = try scratch.write("0 1:1\n" + text, to: "table.svm")
        do {
            _ = try fit([svm])
            Issue.record("taken")
        } catch let failure as Failure {
            #expect(failure.status == .data && failure.message.contains("table.svm:2:"))
        }
    }

    /// So that no row falls out of the folds by a time that it does not have.
    @Test(arguments: ["", "NA", "1e30", "soon"]) func everyRowHasATime(_ time: String) throws {
        let scratch = try ScratchFolder()
        let rows = (0..<40).map { "\($0 == 7 ? time : "\($0)"),\($0 * 7 % 11),\($0 % 2)\n" }
        let csv = try scratch.write("t,x,y\n" + rows.joined(), to: "table.csv")
        do {
            _ = try fit([csv, "--label", "y", "--time", "t", "--folds", "2"])
            Issue.record("taken")
        } catch let failure as Failure {
            #expect(
                failure.message.hasSuffix(
                    "table.csv:9: --time: found \"\(time)\"; expected a time in milliseconds"))
        }
    }

    @Test func noMoreFoldsThanEntities() throws {
        let scratch = try ScratchFolder()
        let rows = (0..<60).map { "shop\($0 % 3),\($0 * 7 % 11),\($0 % 2)\n" }
        let csv = try scratch.write("shop,x,y\n" + rows.joined(), to: "table.csv")
        func fit(_ folds: Int) throws -> JSONValue {
            try self.fit([
                csv, "--label", "y", "--entity", "shop", "--lambdas", "3", "--folds", "\(folds)",
            ])
        }
        let path = try #require(try fit(3)["paths"]?.array?.first)
        #expect(path["validation"]?["folds"]?.double == 3)
        do {
            _ = try fit(5)
            Issue.record("taken")
        } catch let failure as Failure {
            #expect(failure.message.hasPrefix("--entity: found 3 of them"))
        }
    }

    @Test(arguments: ["a,b\n", "", "y\n1\n0,2\n", "y,x\n1\n", "y,y\n1,2\n"])
    func brokenTables(_ text: String) throws {
        let scratch = try ScratchFolder()
        let csv = try scratch.write(text, to: "table.csv")
        #expect(throws: Failure.self) { _ = try fit([csv, "--label", "y"]) }
    }
}
