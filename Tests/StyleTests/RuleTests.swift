import Testing

/// Every rule finds what it forbids in a planted file, and nothing in the same file mended.
@Suite struct RuleTests {
    struct Sample: Sendable, CustomTestStringConvertible {
        let rule: String
        var path = "Sources/Middle/File.swift"
        let bad: String
        var goodPath: String?
        let good: String
        var testDescription: String { rule }
    }

    static let manifest = Manifest(
        """
        let package = Package(
            targets: [
                // Layer 0: ground
                .target(name: "Ground"),
                // Layer 2: state
                layer("Middle", on: "Ground"),
                layer(
                    "Upper",
                    on: "Middle"),
                // Layer 5: commands
                .executableTarget(
                    name: "command",
                    dependencies: [
                        "Upper"
                    ]),
                tests("Middle"),
            ]
        )
        """)

    @Test func theManifestIsReadInOrder() {
        #expect(
            Self.manifest.targets == [
                .init(name: "Ground", layer: 0), .init(name: "Middle", layer: 2),
                .init(name: "Upper", layer: 2), .init(name: "command", layer: 5),
            ])
        #expect(Self.manifest.tests == ["MiddleTests"])
    }

    @Test func everyRuleHasASample() {
        #expect(Set(Self.samples.map(\.rule)) == Set(Rule.all.map(\.name)))
    }

    @Test(arguments: samples) func aRuleFindsWhatItForbids(_ sample: Sample) throws {
        let rule = try #require(Rule.all.first { $0.name == sample.rule })
        let bad = rule.check(SourceFile(path: sample.path, text: sample.bad), Self.manifest)
        #expect(!bad.isEmpty)
        let mended = SourceFile(path: sample.goodPath ?? sample.path, text: sample.good)
        let good = rule.check(mended, Self.manifest)
        #expect(good.isEmpty, "\(good)")
    }

    @Test func commandsMayPrintAndImportFoundation() {
        let text = "import Foundation\nprint(1)\nlet x: any Error"
        let file = SourceFile(path: "Sources/command/main.swift", text: text)
        #expect(Rule.all.flatMap { $0.check(file, Self.manifest) }.isEmpty)
    }

    @Test func linesAreCountedFromOne() throws {
        let file = SourceFile(
            path: "Sources/Middle/File.swift", text: "let a = 1\nlet b = try! f()")
        let findings = Rule.all.flatMap { $0.check(file, Self.manifest) }
        #expect(findings.map(\.description) == ["Sources/Middle/File.swift:2: try!"])
    }
}
