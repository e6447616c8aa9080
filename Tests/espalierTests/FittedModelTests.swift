import ArgumentParser
import Foundation
import JSON
import Model
import Registry
import Sparse
import TestSupport
import Testing

@testable import Project
@testable import espalier

/// A model of `espalier fit` in the hands of a project.
@Suite struct FittedModelTests {
    private static let project =
        "\(SharedData.packageRoot)/schemas/examples/project-card-fraud.yaml"

    /// Rows of two features of the project, with a column that it may lack.
    private func table(other: String) -> String {
        "amount,customer_count_1d,\(other),y\n"
            + (0..<80).map { row in
                let (amount, count, third) = ((row * 37) % 83, (row * 17) % 5, row % 3)
                let label = amount + 9 * count + 10 * third > 70 ? 1 : 0
                return "\(amount),\(count),\(third),\(label)\n"
            }.joined()
    }

    private func fit(_ scratch: ScratchFolder, _ text: String, lambda: String) throws -> String {
        let csv = try scratch.write(text, to: "table.csv")
        let command = try FitCommand.parse([
            csv, "--label", "y", "--lambda", lambda, "--artifact", scratch.file("fitted"), "--out",
            scratch.file("path.json"),
        ])
        try command.run()
        return scratch.file("fitted/model.json")
    }

    private func load(_ arguments: [String]) throws {
        try ModelImportCommand.parse(arguments).run()
    }

    /// Registered, promoted and compiled for the service, it scores as it was fitted.
    @Test func columnsOfTheProjectsNamesBecomeItsFeatures() throws {
        let scratch = try ScratchFolder()
        let file = try fit(scratch, table(other: "weekend"), lambda: "0.01")
        let registry = scratch.file("models")
        try load([
            file, "--project", Self.project, "--registry", registry, "--alias", "champion",
        ])
        let opened = try ModelRegistry(opening: registry)
        let champion = ModelReference(name: "card-fraud", selector: .alias("champion"))
        let version = try opened.read().version(champion)
        let plan = try ProjectFile.load(Self.project).plan()
        let model = try SparseModel(artifact: opened.path(of: version), for: plan)
        #expect(model.nonZeroCount >= 2)
        let bytes = try scratch.bytes("path.json")
        let document = try JSONValue(parsing: unsafe bytes.span.bytes)
        let point = try #require(document["paths"]?.array?.first?["points"]?.array?.first)
        let values = ["amount": 51.5, "customer_count_1d": 3, "weekend": 1]
        var (vector, margin) = (SparseVector(), try #require(point["intercept"]?.double))
        for (name, value) in values {
            guard case .index(let index) = plan.layout[name]?.place else { continue }
            vector.append(index, value)
            margin += value * (point["weights"]?[name]?["weight"]?.double ?? 0)
        }
        #expect(abs(model.margin(of: vector) - margin) < 1e-12)
    }

    /// A column that the project lacks is left out where it weighs nothing.
    @Test func whatWeighsNothingNeedsNoFeature() throws {
        let scratch = try ScratchFolder()
        let file = try fit(scratch, table(other: "moon"), lambda: "0.2")
        try load([file, "--project", Self.project, "--registry", scratch.file("models")])
    }

    @Test func otherwiseItSaysWhy() throws {
        let scratch = try ScratchFolder()
        let file = try fit(scratch, table(other: "amont"), lambda: "0.0001")
        let registry = ["--registry", scratch.file("models")]
        func message(_ body: () throws -> Void) -> String {
            do { try body() } catch let failure as Failure { return failure.message } catch {
                return "\(error)"
            }
            return "taken"
        }
        let unknown = message { try load([file, "--project", Self.project] + registry) }
        #expect(unknown.contains("\"amont\"") && unknown.contains("did you mean amount?"))
        #expect(message { try load([file] + registry) }.contains("expected --project"))
        let plan = try ProjectFile.load(Self.project).plan()
        let direct = message { _ = try SparseModel(artifact: file, for: plan) }
        #expect(direct.contains("as a column of a table"))
        let text = try String(contentsOfFile: Self.project, encoding: .utf8)
            .replacing("loss: logistic", with: "loss: squared")
        let squared = try scratch.write(text, to: "squared.yaml")
        #expect(
            message { try load([file, "--project", squared] + registry) }
                .contains("found the loss logistic"))
    }
}
