import Drift
import Events
import Features
import Foundation
import Model
import TestSupport
import Testing
import Training

@testable import Project

/// The examples beside the schema, read in full.
@Suite struct ProjectExampleTests {
    private func project(_ name: String) throws -> ProjectFile {
        let path = "\(SharedData.packageRoot)/schemas/examples/\(name)"
        return try ProjectFile(Array(try Data(contentsOf: URL(fileURLWithPath: path))))
    }

    @Test func cardFraud() throws {
        let project = try project("project-card-fraud.yaml")
        #expect(project.name == "card-fraud")
        #expect(
            project.kafka == [KafkaProperty(name: "bootstrap.servers", value: "localhost:9092")])
        let events = project.events
        #expect(events.topic == "transactions" && events.format == .json)
        #expect(
            events.schema.fields.map(\.name)
                == ["transaction_id", "timestamp", "customer_id", "terminal_id", "amount"])
        #expect(events.schema.id == 0 && events.schema.time == 1 && events.schema.timeUnit == .ms)
        #expect(events.schema.required == [0, 1, 2, 3])
        #expect(events.key == 0)
        let labels = try #require(project.labels)
        #expect(labels.maturityMillis == 604_800_000 && labels.silence == .negative)
        #expect(labels.schema.fields.map(\.type) == [.int64, .double])
        #expect(labels.schema.id == 0 && labels.value == 1 && labels.schema.time == nil)
        #expect(project.features.count == 16)
        #expect(project.features[1].kind == .value(expression: "weekday(time) >= 6"))
        #expect(
            project.features[12].kind
                == .aggregate(
                    Aggregate(
                        entity: "terminal_id", function: .mean, operand: .label,
                        windowMillis: 86_400_000, delayMillis: 604_800_000, otherwise: 0)))
        #expect(project.model.loss == .logistic && project.model.path == "models/current")
        #expect(project.model.features == nil && project.model.learning.isEnabled)
        #expect(project.output.topics[.deadLetter] == "card-fraud.dead-letter")
    }

    @Test func bidding() throws {
        let project = try project("project-bidding.yaml")
        #expect(project.kafka.map(\.value).last == "65536")
        let events = project.events
        #expect(events.format == .csv && events.key == 1)
        #expect(events.schema.timeUnit == .rfc3339 && events.schema.time == 2)
        #expect(events.schema.fields[5].path == ["geo", "country"])
        #expect(events.schema.fields[6].path == ["device", "kind"])
        #expect(events.schema.required == [0, 1, 2, 4])
        let labels = try #require(project.labels)
        #expect(labels.format == .json && labels.maturityMillis == 1_800_000)
        #expect(labels.schema.time == 2 && labels.schema.timeUnit == .s)
        let kinds = Dictionary(
            uniqueKeysWithValues: project.features.map { ($0.name, $0.kind) })
        #expect(kinds["site"] == .category(fields: ["short_site"], bits: 20))
        #expect(kinds["site_by_device"] == .category(fields: ["site", "device.kind"], bits: 16))
        guard case .aggregate(let idle)? = kinds["user_idle"],
            case .aggregate(let tempo)? = kinds["user_tempo"],
            case .aggregate(let before)? = kinds["user_floor_before"],
            case .aggregate(let requests)? = kinds["user_requests_1h"]
        else {
            Issue.record("no aggregates")
            return
        }
        #expect(idle.function == .timeSinceLast && !idle.includesCurrent && idle.otherwise == -1)
        #expect(tempo.function == .decayedCount(halfLifeMillis: 600_000))
        #expect(before.function == .lag(2) && before.otherwise.isNaN && before.windowMillis == nil)
        #expect(!requests.includesCurrent && requests.windowMillis == 3_600_000)
        let model = project.model
        #expect(model.features?.count == 7 && model.threshold == 0.02 && model.reasonsMax == 5)
        #expect(model.learning.parameters == .init(alpha: 0.1, beta: 1, l1: 0.5, l2: 0.01))
        #expect(model.learning.penalties == ["floor": 0, "site_by_device": 2])
        #expect(model.learning.publishEveryExamples == 500)
        let limits = project.limits
        #expect(limits.features.entitiesMax == 5_000_000)
        #expect(limits.features.latenessMillis == 30_000)
        #expect(limits.features.idleMillis == 2_592_000_000)
        #expect(limits.decoding.messageBytesMax == 65_536 && limits.decoding.depthMax == 8)
        #expect(limits.pending.pendingMax == 2_000_000 && limits.pending.resolvedMax == 500_000)
        #expect(project.output.hasFeatures)
        #expect(
            project.output.topics == [
                .predictions: "scores", .deadLetter: "bad-requests", .features: "bidding.features",
                .drift: "bidding.drift", .alerts: "bidding.alerts",
            ])
    }

    @Test func biddingsDriftAndAlerts() throws {
        let project = try project("project-bidding.yaml")
        let drift = try #require(project.drift)
        #expect(drift.windows.windowMillis == 900_000)
        #expect(drift.windows.slideMillis == 300_000)
        #expect(
            drift.windows.baseline == .past(spanMillis: 3_600_000, agoMillis: 86_400_000))
        #expect(drift.periods == ["launch": 1_780_272_000_000..<1_780_876_800_000])
        #expect(drift.policy.eventsMin == 500 && drift.policy.falseDiscoveryRate == 0.001)
        #expect(drift.policy.bins == 20 && drift.policy.accepted == ["floor": 1_780_876_800_000])
        #expect(drift.policy.thresholds[.populationStability] == 0.1)
        #expect(drift.policy.thresholds[.wasserstein] == nil)
        #expect(drift.policy.thresholds[.missing] == 0.05)
        let alerts = try #require(project.alerts)
        #expect(alerts.plan.rules.map(\.name) == ["shifted", "broken-field", "blind", "behind"])
        let shifted = alerts.plan.rules[0]
        #expect(shifted.signal == .drift && shifted.clear == 0.8 && shifted.forMillis == 1_800_000)
        #expect(alerts.plan.rules[1].features == ["floor"])
        #expect(alerts.plan.rules[2].side == .below && alerts.plan.rules[2].smoothing == 4)
        #expect(alerts.plan.rules[3].clearForMillis == 600_000)
        #expect(alerts.plan.objectives.map(\.burns) == [BurnRate.workbook, BurnRate.simple])
        #expect(alerts.plan.objectives[1].kind == .latency(aboveMillis: 100))
        #expect(alerts.receivers.map(\.name) == ["team"])
        #expect(alerts.plan.routes.map(\.match.severity) == [.page])
        #expect(alerts.plan.silences.map(\.untilMillis) == [1_798_675_200_000])
        #expect(alerts.plan.maintenance.map(\.span.count) == [3 * 86_400_000])
        #expect(alerts.plan.pace.repeatMillis == 12 * 3_600_000)
        #expect(alerts.runbooks == "https://wiki.example.org/bidding")
    }

    @Test func defaults() throws {
        let project = try ProjectFile(
            Array(
                """
                project: small
                events: {topic: t, id: id, fields: {id: string, user: int64}}
                features:
                  n: {entity: user, aggregate: count}
                """.utf8))
        #expect(project.kafka.isEmpty && project.labels == nil)
        #expect(project.events.key == 1, "the only entity")
        #expect(project.events.schema.time == nil)
        #expect(!project.model.learning.isEnabled && project.model.reasonsMax == 3)
        #expect(project.limits.features == FeatureLimits())
        #expect(project.limits.decoding == DecodeLimits())
        #expect(project.limits.pending == PendingLabels.Limits())
        #expect(!project.output.hasFeatures)
    }
}
