import Drift
import JSON
import Kafka
import Pipeline
import PipelineFixture
import Synchronization
import Testing
import Worker

@testable import espalier

/// The service compares its windows and publishes what it finds.
@Suite struct WatchTests {
    /// Ten seconds of 300 payments each; amounts × 1000 from the last window but one on.
    private static func payments() -> [InputRecord] {
        let windows = 10
        let records = (0..<windows * 300).map { number in
            let isBroken = number >= (windows - 2) * 300
            let amount = 20 + Double((number * 7_919) % 1_000) / 10
            return InputRecord.payment(
                "p\(number)", time: 1_000_000 + Int64(number) * 1_000 / 300,
                customer: number % 40, terminal: number % 7,
                amount: isBroken ? amount * 1_000 : amount)
        }
        return InputRecord.numbered(records)
    }

    @Test func driftAndAlertsArePublishedAndTold() async throws {
        try await onOwnThread {
            let embedded = try EmbeddedStation(partitions: 1)
            let station = embedded.station
            for topic in ["drift", "alerts", "features"] {
                try embedded.broker.createTopic(topic, partitions: 1)
            }
            var project = PaymentProject()
            project.scoresOnly = true
            var pipeline = try project.settings()
            var observation = ObservationSettings()
            observation.publishEveryMillis = 2_000
            observation.publishEventsMin = 100
            pipeline.observation = observation
            var plan = AlertPlan.standard()
            plan.routes = [AlertRoute(receiver: "team", match: AlertMatch(severity: .page))]
            plan.pace.groupWaitMillis = 0
            pipeline.watch = WatchSettings(
                windowMillis: 1_000, baselineMillis: 4_000, alerts: plan,
                links: AlertLinks(project: "p", endpoint: station.predictions))
            var settings = station.single
            settings.driftTopic = "drift"
            settings.alertsTopic = "alerts"
            settings.featuresTopic = "features"
            let told = Notifications()
            settings.notify = { told.append($0) }
            let records = Self.payments()
            try station.fill(records)
            let worker = RunningWorker(settings, pipeline)
            try eventually("all read") { worker.status.records == UInt64(records.count) }
            try eventually("receivers told") { !told.all.isEmpty }
            try worker.stop()
            let drift = try TopicReader(station, "drift").readToTheEnd()
            // Ten windows, of which the last is open and four are the baseline.
            #expect(drift.count == 5)
            let alerts = try TopicReader(station, "alerts").readToTheEnd().map {
                try JSONValue(parsing: String(decoding: $0.value, as: UTF8.self))
            }
            let amount = try #require(
                alerts.first {
                    $0["rule"]?.string == "broken-field"
                        && $0["feature"]?.string == "amount_value"
                })
            #expect(amount["cause"]?.string?.hasPrefix("unit-change") == true)
            #expect(told.all.first?.receiver == "team")
            try Self.checkWhatIsPublished(station)
        }
    }

    /// `espalier drift PROJECT` shows the newest window, what fires, and every feature.
    private static func checkWhatIsPublished(_ station: Station) throws {
        let found = try PublishedDrift(
            project: "p", .init(drift: "drift", alerts: "alerts", features: "features"),
            station.properties)
        #expect(found.windows.count == 1 && found.unreadable == 0)
        // The last but one of ten windows that begin at 1,000 s; the last is open.
        #expect(found.windows.first?["window"]?["to"]?.integer == 1_009_000)
        let amount = found.drifting.first { $0["feature"]?.string == "amount_value" }
        #expect(amount?["cause"]?.string?.hasPrefix("unit-change") == true)
        #expect(found.gateBreakers.contains("broken-field of amount_value"))
        let names = found.features.map { $0["feature"]?.string }
        #expect(names.contains("amount_value") && names.contains("score"))
        let text = found.text(for: .output)
        #expect(text.contains("every value is 1000 times what it was"))
        #expect(text.contains("broken-field of amount_value"))
        #expect(found.json["features"]?.array?.allSatisfy { $0["summary"] == nil } == true)
    }

    /// Lag, cost and latency come from the worker, and so do the events of a latency objective.
    @Test func whatOnlyTheWorkerKnowsRaisesAlerts() async throws {
        try await onOwnThread {
            let embedded = try EmbeddedStation(partitions: 1)
            let station = embedded.station
            try embedded.broker.createTopic("alerts", partitions: 1)
            var project = PaymentProject()
            project.scoresOnly = true
            var pipeline = try project.settings()
            var plan = AlertPlan()
            plan.rules = [
                AlertRule(name: "behind", signal: .lag, .above, 100, severity: .ticket),
                AlertRule(name: "dear", signal: .cost, .above, 1, severity: .ticket),
                AlertRule(name: "slow", signal: .latency, .above, 0.000_1, severity: .ticket),
                AlertRule(name: "never", signal: .lag, .above, 1e9, severity: .page),
            ]
            plan.objectives = [
                Objective(
                    name: "prompt", kind: .latency(aboveMillis: 0.001), target: 0.99,
                    burns: [BurnRate(4, longMillis: 60_000, shortMillis: 60_000, .page)])
            ]
            pipeline.watch = WatchSettings(
                windowMillis: 1_000, baselineMillis: 4_000, alerts: plan,
                links: AlertLinks(project: "p", endpoint: station.predictions))
            var settings = station.single
            settings.alertsTopic = "alerts"
            settings.batchRecordsMax = 50
            let records = Self.payments()
            try station.fill(records)
            let worker = RunningWorker(settings, pipeline)
            try eventually("all read") { worker.status.records == UInt64(records.count) }
            let reader = try TopicReader(station, "alerts")
            // Cost and latency are looked at once a second.
            let wanted: Set<String> = ["behind", "dear", "slow", "prompt-burns-4x"]
            var rules: Set<String> = []
            try eventually("alerts of \(wanted)") {
                for message in try reader.readToTheEnd() {
                    let alert = try JSONValue(parsing: message.text)
                    rules.insert(alert["rule"]?.string ?? "")
                }
                return rules.isSuperset(of: wanted)
            }
            #expect(!rules.contains("never"))
            #expect(worker.status.lag == 0)
            try worker.stop()
        }
    }
}

/// What a receiver was told, from any thread.
final class Notifications: Sendable {
    private let kept = Mutex<[AlertNotification]>([])

    var all: [AlertNotification] { kept.withLock { $0 } }

    func append(_ notification: AlertNotification) {
        kept.withLock { $0.append(notification) }
    }
}
