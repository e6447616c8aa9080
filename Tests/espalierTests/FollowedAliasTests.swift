import Foundation
import Model
import Project
import Registry
import Storage
import TestSupport
import Testing

@testable import espalier

/// Which model a service begins with, and which it refuses.
struct FollowedAliasTests {
    /// A project that follows a registry, and models for it.
    private struct Shelf {
        let folder: ScratchFolder
        let project: ProjectFile
        let registry: ModelRegistry

        init(
            _ settings: String = "", loss: String = "logistic", amount: String = "amount",
            more: String = ""
        ) throws {
            folder = try ScratchFolder()
            registry = try ModelRegistry(creating: folder.file("models"))
            let source = """
                project: cards
                events:
                  topic: payments
                  id: id
                  fields: {id: int64, time: int64, customer: int64, amount: double}
                  time: {field: time, unit: ms}
                features:
                  amount: {value: \(amount)}
                  count: {entity: customer, aggregate: count, window: 1d}
                model:
                  loss: \(loss)
                  registry: {path: \(folder.file("models"))\(settings)}
                \(more)
                """
            project = try ProjectFile(Array(source.utf8))
        }

        func content(_ intercept: Double) throws -> ModelContent {
            try ImportedWeights(
                solver: "test", intercept: intercept,
                weights: [.init(feature: "amount", weight: 0.5)]
            ).content(name: "cards", loss: .logistic, for: project.plan().layout)
        }

        @discardableResult
        func register(_ content: ModelContent, champion: Bool = true) throws -> RegisteredVersion {
            let version = try registry.register(
                ModelArtifact(content), source: "test", by: attribution)
            if champion {
                try registry.point(
                    "champion", to: ModelReference("cards@\(version.number)"), by: attribution)
            }
            return version
        }

        var attribution: Attribution { Attribution(who: "t", why: "", timeMillis: 1) }

        func alias() throws -> FollowedAlias {
            try FollowedAlias(
                #require(project.model.registry), of: project, for: project.plan())
        }

        func begin() throws -> (version: Int, refusals: Int) {
            let alias = try alias()
            let found = try alias.loadNewest(of: alias.registry.read())
            return (found.scorer.version.number, found.refusals.count)
        }

        func damage(_ version: RegisteredVersion) throws {
            try Data("{}".utf8).write(to: URL(fileURLWithPath: registry.path(of: version)))
        }
    }

    @Test func aServiceBeginsWithTheChampion() throws {
        let shelf = try Shelf()
        for intercept in [-1.0, -2, -3] {
            try shelf.register(shelf.content(intercept), champion: intercept > -3)
        }
        #expect(try shelf.begin() == (2, 0))
        #expect(!shelf.project.model.learning.isEnabled)
    }

    /// What served before the damaged champion serves again, with as many refusals as there are.
    @Test func aDamagedChampionGivesWayToTheOneBefore() throws {
        let shelf = try Shelf()
        let versions = try [-1.0, -2, -3].map { try shelf.register(shelf.content($0)) }
        try shelf.damage(versions[2])
        #expect(try shelf.begin() == (2, 1))
        try shelf.damage(versions[1])
        #expect(try shelf.begin() == (1, 2))
        try shelf.damage(versions[0])
        #expect(throws: RegistryError.self) { try shelf.begin() }
    }

    @Test func withoutAChampionThereIsNoBeginning() throws {
        let shelf = try Shelf()
        #expect(throws: RegistryError.unknownModel(name: "cards", known: [])) {
            try shelf.begin()
        }
        try shelf.register(shelf.content(-1), champion: false)
        #expect(
            throws: RegistryError.unknownAlias(name: "cards", alias: "champion", known: [])
        ) { try shelf.begin() }
    }

    /// What windows are compared with must be told by every model that is to serve.
    @Test func aModelThatDoesNotTellOfItsTrainingIsRefusedWhereItMust() throws {
        let shelf = try Shelf(more: "drift: {window: 1d, baseline: training}")
        var content = try shelf.content(-1)
        let column = ModelBaseline.Column(events: 9, values: .numeric(nil))
        content.baseline = ModelBaseline(
            times: 0...9, features: ["amount": column], scores: column)
        let told = try shelf.register(content)
        #expect(try shelf.alias().load(told).model.baseline == content.baseline)
        let silent = try shelf.register(shelf.content(-2))
        #expect(try shelf.begin() == (1, 1))
        let error = #expect(throws: RegistryError.self) { try shelf.alias().load(silent) }
        #expect("\(error, default: "")".contains("baseline: found nothing; expected"))
        // What it has scored before may be scored again.
        #expect(try shelf.alias().model(digest: silent.digest).baseline == nil)
        // Of a feature that is computed otherwise by now, its past says nothing.
        let other = try Shelf(amount: "amount + 1", more: "drift: {baseline: training}")
        content.features[0].weights = .numeric(weight: 0, .identity)
        let version = try other.register(content)
        #expect(try other.alias().load(version).model.baseline?.features.isEmpty == true)
    }

    /// A model of features that are computed otherwise, or of another loss, cannot score.
    @Test func anotherProjectsModelIsRefused() throws {
        let shelf = try Shelf()
        var changed = try shelf.content(-1)
        changed.features[0].definition = "another"
        let version = try shelf.register(changed)
        let error = #expect(throws: RegistryError.self) { try shelf.alias().load(version) }
        guard case .artifactRefused("cards", 1, .featureChanged("amount", _, _)) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        var squared = try shelf.content(-1)
        squared.loss = .squared
        let other = try shelf.register(squared)
        #expect(
            throws: RegistryError.artifactRefused(
                name: "cards", version: 2,
                .invalid(path: "loss", found: "squared", expected: "the project's, logistic"))
        ) { try shelf.alias().load(other) }
    }

    /// Registered by whom the project's rules did not reach, a model that breaks them serves not.
    @Test(arguments: [
        ("amount, lock: forbid", "found a weight; expected none: it is forbidden"),
        ("amount, sign: negative", "found the weight 0.5; expected a negative one"),
    ])
    func aModelThatBreaksTheProjectsRulesIsRefused(_ amount: String, _ reason: String) throws {
        let shelf = try Shelf(amount: amount)
        var obedient = try shelf.content(-1)
        obedient.features = obedient.features.map { feature in
            var feature = feature
            if feature.name == "amount" { feature.weights = .numeric(weight: 0, .identity) }
            return feature
        }
        try shelf.register(obedient)
        let other = try shelf.register(shelf.content(-2))
        let error = #expect(throws: RegistryError.self) { try shelf.alias().load(other) }
        #expect(error.map { "\($0)" } == "cards@2 is refused: amount: \(reason)")
        #expect(try shelf.begin() == (1, 1))
        // What it scored while the rules were others can be scored again.
        #expect(try shelf.alias().model(digest: other.digest).nonZeroCount == 1)
    }

    @Test func anUnsignedModelIsRefusedWhereAKeyIsNamed() throws {
        let keys = try ScratchFolder()
        let secret = String(repeating: "07", count: 32)
        let key = try #require(SigningKey(secret))
        let file = try keys.write(key.verifyingKey.hexadecimal, to: "release.pub")
        let shelf = try Shelf(", publicKey: \(file)")
        let version = try shelf.register(shelf.content(-1))
        #expect(throws: RegistryError.unsigned(name: "cards", version: 1, signatures: 0)) {
            try shelf.begin()
        }
        _ = try shelf.registry.sign(
            ModelReference(version.reference), with: key, by: shelf.attribution)
        #expect(try shelf.begin() == (1, 0))
    }

    @Test func oneSourceOfWeights() {
        func faults(_ model: String) -> [String] {
            let source = """
                project: cards
                events: {topic: payments, id: id, fields: {id: int64, amount: double}}
                labels: {topic: frauds, id: id, value: fraud, maturity: 1d}
                features: {f: amount}
                model: \(model)
                """
            do {
                _ = try ProjectFile(Array(source.utf8))
                return []
            } catch { return error.errors.map(\.description) }
        }
        #expect(faults("{registry: models}") == [])
        #expect(
            faults("{registry: {path: models, name: c, alias: a, publicKey: [a, b]}}") == [])
        #expect(faults("{registry: models, path: m}").count == 1)
        #expect(faults("{registry: models, learning: {enabled: true}}").count == 1)
        #expect(faults("{registry: {name: x}}").count == 1)
        #expect(faults("{registry: {path: m, alais: x}}").first?.contains("`alias`") == true)
    }
}
