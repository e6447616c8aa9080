import Bytes
import JSON
import TestSupport
import Testing

@testable import Drift

private func text(_ value: JSONValue) -> String {
    var writer = ByteWriter()
    value.write(to: &writer)
    return String(decoding: writer.copy(), as: UTF8.self)
}

struct MessageTests {
    private let links = AlertLinks(project: "card-fraud", endpoint: "card-fraud.predictions")

    private var report: DriftReport {
        var samples = Samples(1)
        let amounts = samples.normals(1_000, mean: 50, deviation: 10)
        let channel = (0..<1_000).map { $0 % 2 == 0 ? "web" : "app" } as [String?]
        let infinite = FeatureProfile(exactly: [.infinity, -.infinity, .nan] as [Double])
        return DriftReport(
            [
                (
                    "amount", FeatureProfile(exactly: amounts),
                    FeatureProfile(exactly: amounts.map { $0 * 1_000 })
                ),
                (
                    "channel", FeatureProfile(exactly: channel),
                    FeatureProfile(exactly: channel.map { $0 == "web" ? "voice" : $0 })
                ),
                ("broken", infinite, infinite),
                ("empty", FeatureProfile(), FeatureProfile()),
            ], policy: DriftPolicy(), weights: ["amount": FeatureWeight(weight: 0.01, center: 50)],
            scores: (FeatureProfile(exactly: amounts), FeatureProfile(exactly: amounts)),
            quality: QualityPair(baseline: labelled, window: labelled))
    }

    /// 400 predictions of a fifth, a quarter of them right.
    private var labelled: QualityTally {
        var tally = QualityTally()
        for number in 0..<400 {
            tally.add(loss: number % 4 == 0 ? 2 : 0)
            tally.add(score: number % 8 == 0 ? 0.3 : 0.2, label: number % 4 == 0 ? 1 : 0)
        }
        return tally
    }

    private var alerts: [Alert] {
        let plan = AlertPlan(
            rules: [
                AlertRule(
                    name: "units", signal: .anomaly, .above, 0.5, severity: .page)
            ], silences: [Silence(AlertMatch(subject: "b"), untilMillis: 10, reason: "known")])
        var engine = AlertEngine(plan, model: "online-67000")
        var reading = Reading(.anomaly, subject: "amount", 1)
        reading.window = 0..<3_600_000
        reading.baseline = 0
        reading.cause = "unit-change: every value is 1000 times what it was"
        _ = engine.observe([reading, Reading(.anomaly, subject: "b", 2)], at: 5)
        let last = engine.observe([Reading(.anomaly, subject: "b", 0)], at: 7)
        let resolved = last.compactMap { action -> Alert? in
            if case .publish(let alert) = action { alert } else { nil }
        }
        return engine.alerts + resolved
    }

    /// Scores that promise more than labels keep.
    private var quality: QualityReport {
        let scores = ExpectedQuality(scores: Distribution(exactly: [0.1, 0.1, 0.2, 0.9]))
        return QualityReport(
            expected: scores,
            judged: scores.map {
                JudgedQuality(count: 4, rocArea: 0.5, logLoss: nil, expected: $0)
            }, calibrationError: 0.25)
    }

    /// A little of a new category in a feature without a weight has a name, and pages nobody.
    @Test func whatWeighsNothingPagesNobody() throws {
        let before = FeatureProfile(exactly: (0..<4_000).map { $0 % 2 == 0 ? "web" : "app" })
        let after = FeatureProfile(
            exactly: (0..<4_000).map { $0 % 33 == 0 ? "voice" : $0 % 2 == 0 ? "web" : "app" })
        let report = DriftReport(
            [("channel", before, after)], policy: DriftPolicy(),
            weights: ["amount": FeatureWeight(weight: 1, center: 0)])
        #expect(report.features[0].verdict == .slight)
        let reading = try #require(
            report.readings(window: nil).first { $0.signal == .anomaly })
        #expect(reading.value == 1 && reading.severityMax == .ticket)
    }

    /// Tasks are told apart: where one has recovered, another may not have.
    @Test func partitionsAreNamed() throws {
        var links = links
        links.partition = 3
        #expect(alerts[0].json(links)["partition"]?.integer == 3)
        var told = AlertNotification(
            receiver: "r", model: "m", alerts: alerts, validUntilMillis: 5)
        told.partition = 3
        let sent = told.alertmanagerJSON(links) { "\($0)" }
        #expect(sent.array?.first?["labels"]?["partition"]?.string == "3")
        var subject = DriftSubject(project: "p")
        subject.partition = 3
        #expect(report.json(of: subject)["partition"]?.integer == 3)
    }

    @Test func qualityIsReadBesideItsPromise() throws {
        var judged = report
        judged.quality = quality
        let readings = judged.readings(window: 0..<5).filter {
            if case .quality = $0.signal { true } else { false }
        }
        let promised = try #require(quality.expected?.rocArea)
        let values = Dictionary(uniqueKeysWithValues: readings.map { ($0.signal.name, $0.value) })
        #expect(values["quality.auc"] == 0.5 && values["quality.ece"] == 0.25)
        // The amount, which the model weighs, drifts: its scores promise nothing.
        #expect(values["quality.expected-auc"]?.isNaN == true)
        let steady = try #require(
            quality.readings(window: nil, promisesHold: true).first {
                $0.signal == .quality(.expectedRocArea)
            })
        #expect(steady.value == promised)
        #expect(judged.json(of: DriftSubject(project: "p"))["quality"]?["reliable"]?.bool == false)
        #expect(values["quality.auc-shortfall"] == promised - 0.5)
        // Nothing is known of the loss, so nothing is said of it.
        #expect(values["quality.logloss"] == nil && values["quality.logloss-excess"] == nil)
        #expect(readings.allSatisfy { $0.window == 0..<5 })
    }

    @Test(.enabled(if: SchemaValidator.isAvailable, "needs jsonschema"))
    func messagesFollowTheirSchemas() throws {
        let subject = DriftSubject(project: "p", model: nil, baseline: 0..<5, window: nil)
        var judged = report
        judged.quality = quality
        let drift = [report.json(of: subject), judged.json(of: subject, all: true)].map(text)
        let example = try #require(SharedData.schemaExample("drift.json"))
        #expect(
            try #require(SchemaValidator.verdicts("drift.schema.json", drift + [example]))
                == ["good", "good", "good"])
        let alertExample = try #require(SharedData.schemaExample("alert.json"))
        #expect(
            try #require(
                SchemaValidator.verdicts(
                    "alert.schema.json", alerts.map { text($0.json(links)) } + [alertExample]))
                == ["good", "good", "good"])
        #expect(alerts.map(\.state) == [.firing, .resolved])
    }

    @Test func theReportNamesWhatHappened() throws {
        let json = report.json(of: DriftSubject(project: "p"))
        let features = try #require(json["features"]?.array)
        #expect(features.map { $0["feature"]?.string } == ["amount", "channel"])
        #expect(
            features[0]["cause"]?.string == "unit-change: every value is 1000 times what it was")
        #expect(features[0]["masked"]?.bool == false && features[1]["masked"]?.bool == true)
        #expect(json["counts"]?["drift"]?.integer == 2)
        #expect(json["counts"]?["judged"]?.integer == 2)
        #expect(features[1]["cause"]?.string?.contains("limit") == false, "it has a name")
        let scores = try #require(report.readings(window: nil).first { $0.signal == .scores })
        #expect(scores.cause?.hasPrefix("the mean margin was moved most by amount by") == true)
    }

    /// The examples are what the code writes.
    @Test func examplesAreWhatIsWritten() throws {
        let alert = try #require(SharedData.schemaExample("alert.json"))
        #expect(text(try JSONValue(parsing: alert)) == text(alerts[0].json(links)))
        let drift = try JSONValue(parsing: try #require(SharedData.schemaExample("drift.json")))
        var judged = report
        judged.quality = quality
        let written = judged.json(
            of: DriftSubject(
                project: "card-fraud", model: "online-67000", baseline: 0..<86_400_000,
                window: 86_400_000..<90_000_000))
        #expect(drift.object?.keys == written.object?.keys)
        #expect(drift["counts"] == written["counts"])
        #expect(
            drift["quality_drift"]?.object?.keys == written["quality_drift"]?.object?.keys)
    }

    @Test func everySignalHasANameAndARunbook() throws {
        for signal in Signal.all { #expect(Signal(named: signal.name) == signal) }
        #expect(Signal(named: "drift.nothing") == nil)
        let page = try #require(
            GoldenFile.text("../../Sources/Drift/Drift.docc/Runbooks.md"))
        let anchors = page.split(separator: "\n").filter { $0.hasPrefix("## ") }.map {
            $0.dropFirst(3).split(separator: " ").joined(separator: "-")
        }
        #expect(Set(anchors) == Set(Runbook.allCases.map(\.rawValue)))
    }

    /// What a person is to type next, for the file that the service was given.
    @Test(arguments: [
        (Signal.drift, "espalier drift 'my cards/it'\\''s.yaml' --feature amount"),
        (.quality(.rocArea), "espalier drift 'my cards/it'\\''s.yaml' --feature amount"),
        (.rejects, "espalier dead-letters 'my cards/it'\\''s.yaml' list"),
        (.sparsity, "espalier audit 'my cards/it'\\''s.yaml'"),
        (.lag, "espalier check 'my cards/it'\\''s.yaml'"),
    ]) func anAlertNamesTheCommandThatShowsMore(signal: Signal, command: String) {
        var alert = alerts[0]
        alert.runbook = signal.runbook
        let links = AlertLinks(project: "cards", file: "my cards/it's.yaml", endpoint: "e")
        #expect(alert.json(links)["command"]?.string == command)
    }

    @Test func alertmanagerGetsLabelsAndTimes() throws {
        let notification = AlertNotification(
            receiver: "team", model: "m", alerts: alerts, validUntilMillis: 99)
        let json = notification.alertmanagerJSON(links) { "T\($0)" }
        let array = try #require(json.array)
        #expect(array.map { $0["endsAt"]?.string } == ["T99", "T7"])
        #expect(array[0]["labels"]?["feature"]?.string == "amount")
        #expect(array[0]["labels"]?["alertname"]?.string == "units")
        let summary = array[0]["annotations"]?["summary"]?.string
        #expect(summary == "anomaly of amount is 1; the limit is 0.5")
    }
}
