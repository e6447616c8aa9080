import ArgumentParser
import Bytes
import Events
import Features
import Foundation
import JSON
import Kafka
import Model
import Pipeline
import PipelineFixture
import Project
import Statistics
import TestSupport
import Testing
import Usage

@testable import espalier

/// An audit of a running service: what it has published is what it knows.
@Suite struct AuditTopicTests {
    private static func settings(isSpread: Bool) throws -> PipelineSettings {
        var project = PaymentProject()
        project.publishesFeatures = true
        var settings = try project.settings()
        var observation = ObservationSettings()
        observation.statistics.windowsMillis = [10_000, 60_000]
        observation.publishEveryMillis = 30_000
        observation.publishEventsMin = 300
        observation.isSpread = isSpread
        settings.observation = observation
        return settings
    }

    /// Steps until the features have been published so many times, and sends everything that was
    /// published to its topic.
    private static func run(
        _ pipeline: inout EventPipeline, seed: UInt64, partition: Int, publications: Int,
        to properties: ClientProperties, features: String = "features",
        predictions: String = "predictions"
    ) throws {
        var stream = PaymentStream(partitions: 1, seed: seed)
        var output = try TopicOutput(properties, waiting: .seconds(30))
        let topics = (try output.topic(features), try output.topic(predictions))
        var outbox = Outbox()
        var published = 0
        for var record in InputRecord.numbered(stream.next(20_000)) where published < publications {
            record.partition = partition
            let (key, value) = (Array((record.key ?? "").utf8), record.value ?? [])
            unsafe pipeline.step(
                record.origin, key: key.span.bytes, value: value.span.bytes, into: &outbox)
            if outbox.messages.contains(where: { $0.destination == .features }) { published += 1 }
            for message in outbox.messages {
                let topic = message.destination == .features ? topics.0 : topics.1
                try output.send(
                    to: topic, key: outbox.bytes(message.key ?? 0..<0),
                    value: outbox.bytes(message.value), timestampMillis: message.timestampMillis)
            }
            outbox.removeAll()
        }
        #expect(published == publications)
        try output.finish()
    }

    /// Someone outside reads the feature `count` of some customers.
    private static func readCount(of customers: Int, in pipeline: inout EventPipeline) throws {
        let plan = pipeline.settings.plan
        let feature = try #require(plan.features.firstIndex { $0.name == "count" })
        let slot = try #require(plan.schema.fields.firstIndex { $0.name == "customer" })
        let answer = pipeline.answer(
            FeatureQuery(
                consumer: "checkout", features: [feature],
                rows: (0..<customers).map { [.init(slot: slot, value: .integer(Int64($0)))] }))
        #expect(!answer.rows.filter(\.isKnown).isEmpty)
    }

    private static func station() throws -> EmbeddedStation {
        let embedded = try EmbeddedStation(partitions: 1)
        try embedded.broker.createTopic("features", partitions: 1)
        return embedded
    }

    /// What was published last is what the pipeline held then, to the bit.
    @Test func whatIsPublishedIsWhatIsKnown() throws {
        let embedded = try Self.station()
        let properties = embedded.station.properties
        var pipeline = try EventPipeline(Self.settings(isSpread: false))
        try Self.run(&pipeline, seed: 3, partition: 0, publications: 3, to: properties)
        let plan = pipeline.settings.plan
        let found = try PublishedFeatures(
            "features", predictions: "predictions", of: plan, properties)
        let kept = pipeline.observation
        let observation = try #require(kept)
        let statistics = observation.statistics.settled()
        for (column, kept) in statistics.columns.enumerated() where kept.source != .score {
            let feature = try #require(found.features[kept.name])
            #expect(feature.summary == statistics.summary(of: column, over: .lifetime))
            #expect(feature.recent == statistics.summary(of: column, over: .closed(window: 1)))
            guard let input = plan.inputs.firstIndex(of: kept.name) else { continue }
            #expect(feature.usage == observation.usage.total.inputs[input])
            let weights = pipeline.model.nonZeroCount(in: plan.indices(ofInput: input))
            #expect(feature.isWeighed == (weights > 0))
        }
        #expect(found.features.values.contains { $0.isWeighed })
        let state = pipeline.stateCounts
        #expect(found.state == state)
        #expect(found.model == pipeline.model.version && found.events == pipeline.counts.events)
    }

    /// Tasks of their own are summed up; a message of a verdict is none of a feature.
    @Test func partitionsAreSummedUp() throws {
        let embedded = try Self.station()
        let properties = embedded.station.properties
        var first = try EventPipeline(Self.settings(isSpread: true))
        var second = try EventPipeline(Self.settings(isSpread: true))
        try Self.run(&first, seed: 5, partition: 0, publications: 2, to: properties)
        try Self.run(&second, seed: 6, partition: 1, publications: 3, to: properties)
        let plan = first.settings.plan
        let found = try PublishedFeatures("features", predictions: nil, of: plan, properties)
        let (a, b) = (first.counts.events, second.counts.events)
        #expect(found.events == a + b)
        for feature in found.features.values { #expect(feature.summary.events == a + b) }
        let counts = (first.stateCounts, second.stateCounts)
        #expect(
            found.state.map(\.entities)
                == zip(counts.0, counts.1).map { $0.entities + $1.entities })
    }

    /// `audit PROJECT --publish` judges by the topics, and tells its verdicts there.
    @Test func verdictsAreTold() throws {
        let embedded = try EmbeddedStation(partitions: 1)
        let features = "cards.features"
        for topic in [features, "cards.predictions", "payments", "frauds"] {
            try embedded.broker.createTopic(topic, partitions: 1)
        }
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "cards.yaml").path
        let text = ServiceProject().text(embedded.station.bootstrap, folder: folder.path)
        try Data((text + "\nstatistics: {publishEvery: 30s}\n").utf8)
            .write(to: URL(filePath: path))
        let file = try ProjectFile.load(path)
        var pipeline = try EventPipeline(file.pipelineSettings())
        try Self.run(
            &pipeline, seed: 3, partition: 0, publications: 1, to: embedded.station.properties,
            features: features, predictions: "cards.predictions")
        try Self.readCount(of: 40, in: &pipeline)
        try Self.run(
            &pipeline, seed: 4, partition: 0, publications: 1, to: embedded.station.properties,
            features: features, predictions: "cards.predictions")
        let command = try #require(
            try Espalier.parseAsRoot(
                ["audit", path, "--events-min", "100", "--apply", "--publish"]) as? AuditCommand)
        let report = try command.report()
        #expect(report.audit.rows.count == 5 && report.audit.events == pipeline.counts.events)
        #expect(!report.audit.seesTwins && report.audit.stateBytes > 0)
        let read = try #require(report.audit.rows.first { $0.evidence.name == "count" })
        #expect(read.verdict == .read(by: ["checkout"]) && read.isWanted)
        var told: [String] = []
        var scan = try TopicScan(features, embedded.station.properties, within: .seconds(10))
        try scan.forEach { _, batch, index throws(Failure) in
            func text(_ span: RawSpan?) -> String {
                unsafe span?.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) } ?? ""
            }
            guard text(batch.key(index)).hasSuffix("/verdict") else { return }
            told.append(text(batch.payload(index)))
        }
        #expect(told.count == 5)
        let example = try #require(SharedData.schemaExample("verdict.json"))
        if let verdicts = SchemaValidator.verdicts("verdict.schema.json", told + [example]) {
            #expect(verdicts == Array(repeating: "good", count: 6))
        }
        // Once more: messages of verdicts are none of features.
        #expect(try command.report().audit.rows.count == 5)
    }
}
