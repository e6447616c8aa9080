import ArgumentParser
import Drift
import JSON
import TestSupport
import Testing

@testable import espalier

/// `espalier drift` over simulated files, as a user runs it.
@Suite struct DriftCommandTests {
    private static let project =
        "\(SharedData.packageRoot)/schemas/examples/project-card-fraud.yaml"

    /// What the command says of a week of simulated payments against the weeks before it.
    private func compare(_ scratch: ScratchFolder, fault: [String]) throws -> DriftComparison {
        let events = scratch.file("events.ndjson")
        let simulate = try #require(
            try Espalier.parseAsRoot(
                [
                    "simulate", "--days", "28", "--customers", "150", "--terminals", "300",
                    "--out", events,
                ] + fault.flatMap { ["--fault", $0] }) as? SimulateCommand)
        try simulate.run()
        let drift = try #require(
            try Espalier.parseAsRoot([
                "drift", Self.project, "--events", events, "--baseline", "..2018-04-22",
                "--window", "2018-04-22..",
            ]) as? DriftCommand)
        return try drift.comparison()
    }

    @Test func aUnitIsNamedAndBreaksTheGate() throws {
        let scratch = try ScratchFolder()
        let found = try compare(scratch, fault: ["unit@2018-04-22.."])
        let amount = try #require(found.report.features.first { $0.name == "amount" })
        #expect(amount.anomalies == [.unitChange(factor: 1_000)])
        #expect(found.breaksGate && found.gateBreakers.contains("amount"))
        #expect(found.json["counts"]?["features"]?.integer == 16)
        let page = DriftPage(found).text
        #expect(page.contains("unit-change") && page.contains("<svg"))
        #expect(HTMLPage.unsetVariables(of: page).isEmpty)
        #expect(found.text(for: .output).contains("every value is 1000 times what it was"))
    }

    @Test func namesInThePageAreEscaped() {
        #expect(Markup.escaped("<a&\"b\">") == "&lt;a&amp;&quot;b&quot;&gt;")
    }

    @Test(arguments: [
        "2018-06-01..2018-07-01", "..2018-07-01", "2018-06-01T12:00..", "..",
    ])
    func spansAreRead(text: String) { #expect(TimeSpan(argument: text) != nil) }

    @Test(arguments: ["", "2018-06-01", "2018-07-01..2018-06-01", "a..b", "2018-13-01.."])
    func otherSpansAreNot(text: String) { #expect(TimeSpan(argument: text) == nil) }
}
