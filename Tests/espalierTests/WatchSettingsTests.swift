import Drift
import Pipeline
import Testing

@testable import Project
@testable import espalier

/// Who is told of what, as the sections `drift` and `alerts` say together.
@Suite struct WatchSettingsTests {
    private func rules(_ sections: String) throws -> [AlertRule] {
        let scratch = try ScratchFolder()
        let path = try scratch.write(
            """
            project: p
            kafka: {bootstrap.servers: "localhost:9092"}
            events: {topic: e, id: id, time: t, fields: {id: int64, t: int64, amount: double}}
            features: {amount_value: {value: amount}}
            \(sections)
            """, to: "p.yaml")
        return try #require(ProjectFile.load(path).watchSettings).alerts.rules
    }

    @Test func withoutRulesOfItsOwnAProjectHasTheStandardOnes() throws {
        let standard = AlertPlan.standard().rules
        #expect(try rules("drift: {}") == standard)
        #expect(try rules("alerts: {}") == standard)
        #expect(
            try rules("alerts: {receivers: {team: {url: \"http://localhost\"}}}") == standard)
        #expect(try rules("alerts: {rules: {}}").isEmpty)
        let own = try rules("alerts: {rules: {late: {signal: lag, above: 5, severity: page}}}")
        #expect(own.map(\.name) == ["late"])
    }

    @Test func theStandardRulesTakeTheProjectsThresholds() throws {
        let rules = try rules("drift: {thresholds: {auc: 0.1, logloss: }}\nalerts: {}")
        let area = try #require(rules.first { $0.signal == .qualityMeasure(.rocArea) })
        #expect(area.threshold == 0.1)
        #expect(!rules.contains { $0.signal == .qualityMeasure(.logLoss) })
    }
}
