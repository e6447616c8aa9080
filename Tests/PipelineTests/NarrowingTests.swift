import Drift
import Features
import Model
import PipelineFixture
import Statistics
import TestSupport
import Testing

@testable import Pipeline

/// A pipeline that computes less from some moment on publishes what one that never computed more
/// does.
@Suite struct NarrowingTests {
    private static func settings() throws -> PipelineSettings {
        var project = PaymentProject()
        project.scoresOnly = true
        var settings = try project.settings()
        var model = SparseModel(space: settings.plan.space, loss: .logistic, version: "m")
        for name in ["risk", "ratio", "channels"] {
            let input = try #require(settings.plan.inputs.firstIndex(of: name))
            for index in settings.plan.indices(ofInput: input) {
                model.set(0.3, at: UInt32(index))
            }
        }
        settings.scoring = .model(model)
        settings.demand = FeatureDemand()
        var observation = ObservationSettings()
        observation.statistics.windowsMillis = [10_000, 60_000]
        observation.segment = 5
        settings.observation = observation
        settings.watch = WatchSettings(
            windowMillis: 10_000, baselineMillis: 30_000, alerts: .standard(),
            links: AlertLinks(project: "p", endpoint: "e"))
        return settings
    }

    private static func step(
        _ pipeline: inout EventPipeline, _ record: InputRecord, into outbox: inout Outbox
    ) -> [String] {
        let (key, value) = (Array((record.key ?? "").utf8), record.value ?? [])
        outbox.removeAll()
        unsafe pipeline.step(
            record.origin, key: key.span.bytes, value: value.span.bytes, into: &outbox)
        _ = pipeline.tick(now: record.time, into: &outbox)
        var texts: [String] = []
        for message in outbox.messages where message.destination != .features {
            unsafe outbox.bytes(message.value).withUnsafeBytes {
                unsafe texts.append(String(decoding: $0, as: UTF8.self))
            }
        }
        return texts
    }

    @Test(arguments: [UInt64(1), 2, 3]) func itGoesOnAsOneThatNeverComputedMore(
        seed: UInt64
    ) throws {
        let settings = try Self.settings()
        let narrow = settings.computing(also: [])
        #expect(narrow.plan.computedInputs == ["risk", "ratio", "channels"])
        var never = try EventPipeline(narrow)
        var whole = try EventPipeline(settings)
        var stream = PaymentStream(partitions: 1, seed: seed)
        var outbox = Outbox()
        let records = InputRecord.numbered(stream.next(4_000))
        let turn = 1_500 + Int(seed) * 17
        var drifted = 0
        for (number, record) in records.enumerated() {
            if number == turn {
                let isNarrowed = whole.narrow(to: narrow)
                try #require(isNarrowed)
            }
            let expected = Self.step(&never, record, into: &outbox)
            let found = Self.step(&whole, record, into: &outbox)
            guard number >= turn else { continue }
            try #require(found == expected, "seed \(seed), record \(number)")
            drifted += found.count { $0.contains("\"counts\"") }
        }
        #expect(drifted > 3)
        let (a, b) = (never.observation?.statistics, whole.observation?.statistics)
        let (own, other) = (try #require(a).settled(), try #require(b).settled())
        #expect(own.columns == other.columns && own.events == other.events)
        for column in own.columns.indices {
            let isAlike =
                own.summary(of: column, over: .lifetime)
                == other.summary(of: column, over: .lifetime)
            #expect(isAlike, "\(own.columns[column].name)")
        }
        let again = whole.narrow(to: narrow)
        #expect(!again)
    }

    /// What labels on their way need stays although no model weighs it.
    @Test func labelsFindTheirEvents() throws {
        var settings = try Self.settings()
        settings.scoring = .model(
            SparseModel(space: settings.plan.space, loss: .logistic, version: "none"))
        settings.demand = FeatureDemand(readers: ["a": ["count"]])
        var pipeline = try EventPipeline(settings)
        let isNarrowed = pipeline.narrow(to: settings.computing(also: []))
        #expect(isNarrowed && pipeline.settings.plan.computedInputs == ["count", "risk"])
    }
}
