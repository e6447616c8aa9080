import Testing

/// The rules over this package's own `Sources` and `Tests`.
@Suite struct SourceTreeTests {
    private static let manifest = Result { try Manifest(SourceTree.text("Package.swift")) }
    private static let files = Result { try SourceTree.files() }

    @Test(arguments: Rule.all) func everyFileObeys(_ rule: Rule) throws {
        let manifest = try Self.manifest.get()
        let findings = try Self.files.get().flatMap { rule.check($0, manifest) }
        #expect(findings.isEmpty, "\(rule.name):\n\(list(findings))")
    }

    @Test func theManifestListsTargetsInLayerOrder() throws {
        let layers = try Self.manifest.get().targets.map(\.layer)
        #expect(layers.count > 3)
        #expect(layers == layers.sorted())
    }

    private func list(_ findings: [Finding]) -> String {
        findings.map(\.description).joined(separator: "\n")
    }
}
