import Foundation
import Model
import TestSupport
import Testing

@testable import Registry

struct ModelRegistryTests {
    private func reference(_ text: String) throws -> ModelReference { try ModelReference(text) }

    @Test func versionsAreNumberedAndTheSameContentIsTheSameVersion() throws {
        let folder = RegistryFolder()
        let registry = try folder.registry()
        let versions = try registry.fill(3)
        #expect(versions.map(\.reference) == ["cards@1", "cards@2", "cards@3"])
        let again = try registry.register(.numbered(2), source: "again", by: .test("later"))
        #expect(again == versions[1])
        let models = try registry.read()
        #expect(models.entries.count == 3)
        #expect(try models.model("cards").versions == versions)
        for (number, version) in versions.enumerated() {
            #expect(try registry.artifact(of: version) == .numbered(number + 1))
        }
        #expect(versions[0].attribution == .test())
    }

    @Test func referencesNameVersions() throws {
        let folder = RegistryFolder()
        let registry = try folder.registry()
        let versions = try registry.fill(4)
        try registry.point("challenger", to: reference("cards@3"), by: .test())
        var models = try registry.read()
        #expect(try models.version(reference("cards")).number == 4)
        #expect(try models.version(reference("cards@v2")).number == 2)
        #expect(try models.version(reference("cards@challenger")).number == 3)
        let digest = versions[1].digest.prefix(12)
        #expect(try models.version(reference("cards@sha256:\(digest)")).number == 2)
        try registry.point("champion", to: reference("cards@1"), by: .test())
        models = try registry.read()
        #expect(try models.version(reference("cards")).number == 1)
        #expect(throws: RegistryError.unknownVersion(name: "cards", version: "5", newest: 4)) {
            try models.version(reference("cards@5"))
        }
        #expect(
            throws: RegistryError.unknownAlias(
                name: "cards", alias: "champ", known: ["challenger", "champion"])
        ) { try models.version(reference("cards@champ")) }
        #expect(throws: RegistryError.unknownModel(name: "card", known: ["cards"])) {
            try models.version(reference("card"))
        }
        for wrong in ["", "@", "a b", "../x", "cards@", "cards@é", ".x", "a/b", "cards@sha256:1"] {
            #expect(throws: RegistryError.self) { try reference(wrong) }
        }
    }

    @Test func rollingBackGoesOneStepAtATime() throws {
        let folder = RegistryFolder()
        let registry = try folder.registry()
        try registry.fill(3)
        #expect(
            throws: RegistryError.unknownAlias(name: "cards", alias: "champion", known: [])
        ) { try registry.rollBack("champion", of: "cards", by: .test()) }
        for number in [1, 3, 2] {
            try registry.point("champion", to: reference("cards@\(number)"), by: .test())
        }
        #expect(try registry.point("champion", to: reference("cards@2"), by: .test()).before == 2)
        let back = try registry.rollBack("champion", of: "cards", by: .test())
        #expect(back.now.number == 3 && back.before == 2)
        #expect(try registry.rollBack("champion", of: "cards", by: .test()).now.number == 1)
        #expect(throws: RegistryError.nothingBefore(name: "cards", alias: "champion")) {
            try registry.rollBack("champion", of: "cards", by: .test())
        }
        try registry.removeAlias("champion", of: "cards", by: .test())
        #expect(try registry.read().model("cards").aliases == [:])
        #expect(throws: RegistryError.self) {
            try registry.point("v3", to: reference("cards@3"), by: .test())
        }
    }

    @Test func whatServedWhenIsKept() throws {
        let folder = RegistryFolder()
        let registry = try folder.registry()
        try registry.fill(2)
        func serve(_ version: Int, _ offsets: [Int64], at time: Int64) throws {
            try registry.noteServing(
                "cards",
                .init(
                    service: "group", version: version,
                    positions: offsets.enumerated().map {
                        SourceOffset(topic: "payments", partition: $0, offset: $1)
                    }), by: .test(at: time))
        }
        try serve(1, [0, 0], at: 10)
        try serve(2, [100, 90], at: 20)
        try serve(0, [150, 95], at: 30)
        let served = try registry.read().model("cards").served
        #expect(served.map(\.version) == [1, 1, 2, 2])
        #expect(served.map(\.from) == [0, 0, 100, 90])
        #expect(served.map(\.to) == [100, 90, 150, 95])
        #expect(served.map(\.toMillis) == [20, 20, 30, 30])
        #expect(throws: RegistryError.unknownVersion(name: "cards", version: "3", newest: 2)) {
            try serve(3, [0], at: 40)
        }
    }

    @Test func tagsComeAndGo() throws {
        let folder = RegistryFolder()
        let registry = try folder.registry()
        try registry.fill(1)
        try registry.tag(reference("cards@1"), "ticket", "FR-812", by: .test())
        try registry.tag(reference("cards@1"), "reviewed", "yes", by: .test())
        try registry.tag(reference("cards@1"), "ticket", "", by: .test())
        #expect(try registry.read().version(reference("cards@1")).tags == ["reviewed": "yes"])
    }

    @Test func locksAndSensitiveFeaturesAreHeldTo() throws {
        let folder = RegistryFolder()
        let registry = try folder.registry()
        var rules = FeatureRules()
        rules.kept = ["amount", "age"]
        rules.forbidden = ["night"]
        rules.signs = ["amount": .negative]
        let error = #expect(throws: RegistryError.self) {
            try registry.register(.numbered(1), source: "test", by: .test(), rules: rules)
        }
        guard case .locksBroken(let broken) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(broken.map(\.feature) == ["age", "night", "amount"])
        #expect(try registry.read().entries.isEmpty)

        var sensitive = FeatureRules()
        sensitive.sensitive = ["night"]
        #expect(throws: RegistryError.approvalNeeded(entered: ["night"], left: [])) {
            try registry.register(.numbered(1), source: "test", by: .test(), rules: sensitive)
        }
        let version = try registry.register(
            .numbered(1), source: "test", by: .test(), rules: sensitive, approval: true)
        #expect(version.registration.approved == ["night"])
        try registry.point("champion", to: reference("cards@1"), by: .test())
        let next = try registry.register(
            .numbered(2), source: "test", by: .test(), rules: sensitive)
        #expect(next.registration.approved == [])
        var without = ModelContent.numbered(3)
        without.features.remove(at: 1)
        #expect(throws: RegistryError.approvalNeeded(entered: [], left: ["night"])) {
            try registry.register(
                ModelArtifact(without), source: "test", by: .test(), rules: sensitive)
        }
    }

    /// What a project said holds for those who register without it.
    @Test func rulesStayWithTheModel() throws {
        let folder = RegistryFolder()
        let registry = try folder.registry()
        var rules = FeatureRules()
        rules.sensitive = ["night"]
        var without = ModelContent.numbered(1)
        without.features.remove(at: 1)
        try registry.register(
            ModelArtifact(without), source: "test", by: .test(), rules: rules)
        #expect(throws: RegistryError.approvalNeeded(entered: ["night"], left: [])) {
            try registry.register(.numbered(2), source: "test", by: .test())
        }
        rules.forbidden = ["night"]
        rules.signs = ["amount": .positive]
        without.intercept += 1
        let last = try registry.register(
            ModelArtifact(without), source: "test", by: .test(), rules: rules)
        #expect(try registry.read().model("cards").rules == rules && last.number == 2)
        #expect(throws: RegistryError.self) {
            try registry.register(
                .numbered(2), source: "test", by: .test(), approval: true)
        }
    }

    /// A version from before a feature was sensitive serves once that is approved.
    @Test func anApprovalMayComeLater() throws {
        let folder = RegistryFolder()
        let registry = try folder.registry()
        try registry.register(.numbered(1), source: "test", by: .test())
        var rules = FeatureRules()
        rules.sensitive = ["night"]
        #expect(throws: RegistryError.approvalNeeded(entered: ["night"], left: [])) {
            try registry.register(.numbered(1), source: "test", by: .test(), rules: rules)
        }
        var without = ModelContent.numbered(2)
        without.features.remove(at: 1)
        try registry.register(ModelArtifact(without), source: "test", by: .test(), rules: rules)
        #expect(throws: RegistryError.approvalNeeded(entered: ["night"], left: [])) {
            try registry.point("champion", to: reference("cards@1"), by: .test())
        }
        let approved = try registry.register(
            .numbered(1), source: "test", by: .test("auditor"), rules: rules, approval: true)
        #expect(approved.number == 1 && approved.approved == ["night"])
        let entries = try registry.read().entries
        #expect(entries.last?.action == .approved(version: 1, ["night"]))
        #expect(entries.last?.attribution.why == "auditor")
        try registry.point("champion", to: reference("cards@1"), by: .test())
    }

    @Test func aDifferenceTellsWhatMoves() throws {
        let before = ModelContent.numbered(0)
        var after = ModelContent.numbered(0)
        after.intercept += 0.5
        after.features[0].weights = .numeric(weight: 2, Standardization(mean: 60, scale: 40))
        after.features[1].weights = .numeric(weight: 0, Standardization(mean: 0.2, scale: 0.4))
        after.features[2].definition = "other"
        let difference = ModelDifference(from: before, to: after)
        #expect(difference.entered.isEmpty && difference.left.map(\.feature) == ["night"])
        #expect(difference.changed.map(\.feature) == ["amount"])
        #expect(difference.redefined == ["merchant"])
        // At the later mean 60 the earlier margin is 1.5·(60 - 50)/40 higher.
        #expect(abs(difference.shift.meanMargin - (0.5 - 1.5 * 10 / 40)) < 1e-12)
        #expect(abs(difference.shift.marginSpread - (0.25 + 0.0625).squareRoot()) < 1e-12)
        #expect(difference.shift.categoriesLeftOut == 1)
        let same = ModelDifference(from: before, to: before)
        #expect(same.entered.isEmpty && same.left.isEmpty && same.changed.isEmpty)
        #expect(same.shift.meanScoreBefore == same.shift.meanScoreAfter)
    }
}
