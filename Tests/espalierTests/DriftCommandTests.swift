import ArgumentParser
import Drift
import JSON
import Model
import Pipeline
import Project
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

    /// What few events say is not that nothing drifts.
    @Test func nothingJudgedIsSaid() throws {
        let space = try #require(FeatureSpace(numericCount: 1))
        let few = FeatureProfile(exactly: [1, 2, 3] as [Double])
        let period = PeriodProfiles(
            events: 3, seen: 0...2, profiles: [("amount", few), ("(scores)", few)])
        let found = DriftComparison(
            project: "p", before: period, now: period, policy: DriftPolicy(), weights: [:],
            model: SparseModel(space: space, loss: .logistic, version: "m"),
            lineage: FeatureLineage(), only: [])
        #expect(found.headline.hasPrefix("nothing was judged"))
        #expect(found.json["counts"]?["judged"]?.integer == 0)
    }

    @Test func faultsThatCannotShowAreNotPlayed() throws {
        let command = try #require(
            try Espalier.parseAsRoot(["gameday", Self.project]) as? GameDayCommand)
        let left = command.leftOut(of: try ProjectFile.load(Self.project))
        #expect(left.map(\.scene.name) == ["new-category"])
        let named = try #require(
            try Espalier.parseAsRoot(["gameday", Self.project, "--fault", "new-category"])
                as? GameDayCommand)
        #expect(throws: Failure.self) { try named.run() }
    }

    /// Means of an amount are made of the amount, and know when they are full.
    @Test func theLineageIsThatOfThePlan() throws {
        let lineage = FeatureLineage(try ProjectFile.load(Self.project).plan())
        let day: Int64 = 86_400_000
        let mean = try #require(lineage.origins["customer_mean_7d"])
        #expect(mean.isDerived && mean.fields == ["amount"] && mean.reachMillis == 7 * day)
        let count = try #require(lineage.origins["terminal_count_7d"])
        #expect(count.isDerived && !count.isHour && count.reachMillis == 14 * day)
        #expect(lineage.origins["amount_ratio"]?.isDerived == true)
        #expect(lineage.origins["amount"]?.isDerived == false)
        #expect(lineage.origins["night"]?.isHour == false)
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
