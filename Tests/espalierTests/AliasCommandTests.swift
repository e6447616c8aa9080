import ArgumentParser
import Model
import Registry
import TestSupport
import Testing

@testable import espalier

/// `espalier model promote`, `rollback` and `alias`, as a user types them.
@Suite struct AliasCommandTests {
    private let folder: ScratchFolder
    private let registry: ModelRegistry

    init() throws {
        folder = try ScratchFolder()
        registry = try ModelRegistry(creating: folder.file("models"))
        for intercept in [-1.0, -2] {
            let content = ModelContent(
                name: "cards", loss: .logistic, objective: .init(lambda: 0, alpha: 1),
                intercept: intercept, features: [], data: .init(examples: 1),
                solver: .init(name: "test", parameters: [:]))
            _ = try registry.register(
                ModelArtifact(content), source: "test",
                by: Attribution(who: "t", why: "", timeMillis: 1))
        }
    }

    private func run(_ arguments: String...) throws {
        var command = try Espalier.parseAsRoot(
            ["model"] + arguments + ["--registry", folder.file("models")])
        try command.run()
    }

    private func number(_ alias: String) throws -> Int {
        try registry.read().version(ModelReference("cards@\(alias)")).number
    }

    @Test func anAliasGoesForwardAndBack() throws {
        try run("promote", "cards@1")
        try run("promote", "cards@2", "--why", "better", "--by", "ann", "--json")
        #expect(try number("champion") == 2)
        let entry = try #require(registry.read().entries.last)
        #expect(entry.attribution.why == "better" && entry.attribution.who == "ann")
        try run("rollback", "cards")
        #expect(try number("champion") == 1)
    }

    @Test func aNameStandsForAVersionUntilItIsTakenAway() throws {
        try run("alias", "cards@2", "challenger")
        #expect(try number("challenger") == 2)
        try run("alias", "cards", "challenger", "--remove", "--why", "done")
        #expect(
            throws: RegistryError.unknownAlias(name: "cards", alias: "challenger", known: [])
        ) { try number("challenger") }
    }

    /// Nothing stands before the first champion, and the alias stays.
    @Test func thereIsNothingBeforeTheFirst() throws {
        try run("promote", "cards@1")
        #expect(throws: (any Error).self) { try run("rollback", "cards") }
        #expect(try number("champion") == 1)
    }
}
