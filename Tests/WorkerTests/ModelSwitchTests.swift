import Features
import Foundation
import JSON
import Kafka
import Model
import Pipeline
import PipelineFixture
import Testing
import Training
import Worker

/// Models come and go under load: every event has one prediction, by the model it names, and the
/// switches tell exactly which.
@Suite struct ModelSwitchTests {
    private static let modelCount = 25

    private func pipeline(isSpreadByKey: Bool) throws -> PipelineSettings {
        var project = PaymentProject()
        project.scoresOnly = true
        project.isSpreadByKey = isSpreadByKey
        project.latenessMillis = 3_600_000
        return try project.settings()
    }

    /// Its margin is its number, whatever the event.
    private func model(_ number: Int, for pipeline: PipelineSettings) -> SparseModel {
        SparseModel(
            space: pipeline.plan.space, loss: .logistic, version: "m\(number)",
            intercept: Double(number))
    }

    /// Every model that ever was.
    private func past(_ pipeline: PipelineSettings) -> PastModels {
        { version throws(ModelGone) in
            guard let number = Int(version.dropFirst()) else { throw ModelGone(reason: version) }
            return model(number, for: pipeline)
        }
    }

    struct Scored {
        let source: String
        let partition: Int
        let offset: Int64
        let model: String
        let margin: Double

        init(_ message: WrittenMessage) throws {
            let document = try JSONValue(parsing: message.text)
            source = message.source
            partition = Int(try #require(document["source"]?["partition"]?.integer))
            offset = try #require(document["source"]?["offset"]?.integer)
            model = try #require(document["model"]?.string)
            margin = try #require(document["margin"]?.double)
            #expect(message.headers["espalier-model"] == model)
        }
    }

    /// The model that scored an offset, by the switches alone.
    private func model(
        of scored: Scored, by switches: [ModelSwitch]
    ) -> String? {
        let places = switches.compactMap { change -> (offset: Int64, version: String?)? in
            change.positions.first { $0.partition.partition == scored.partition }
                .map { ($0.offset, change.version) }
        }
        return places.last { $0.offset <= scored.offset }?.version
    }

    @Test(arguments: [false, true]) func modelsSwitchUnderLoad(isSpread: Bool) async throws {
        try await onOwnThread {
            let embedded = try EmbeddedStation(partitions: 3)
            let station = embedded.station
            let pipeline = try pipeline(isSpreadByKey: isSpread)
            let slot = ModelSlot(model(0, for: pipeline), load: past(pipeline))
            var settings = isSpread ? station.spread : station.single
            settings.models = slot
            settings.batchRecordsMax = 50
            let records = try GroupTests.events(6_000, partitions: 3, seed: 51)
            let reader = try TopicReader(station, station.predictions)
            let worker = RunningWorker(settings, pipeline)
            var sent = 0
            for number in 1...Self.modelCount {
                let part = records[sent..<min(records.count, sent + records.count / 25)]
                try station.fill(Array(part))
                sent += part.count
                slot.model = model(number, for: pipeline)
                try eventually("model \(number)") {
                    worker.status.pipelines.contains { $0.modelVersion == "m\(number)" }
                }
            }
            try station.fill(Array(records[sent...]))
            try reader.await(records.count)
            try worker.stop()
            let messages = try reader.readToTheEnd()
            #expect(messages.count == records.count)
            #expect(Set(messages.map(\.source)) == Set(records.map(\.position)))
            let switches = slot.takeSwitches()
            let scored = try messages.map(Scored.init)
            for event in scored {
                #expect("m\(Int(event.margin))" == event.model)
                #expect(model(of: event, by: switches) == event.model, "\(event.source)")
            }
            #expect(Set(scored.map(\.model)).count > Self.modelCount / 2)
            let ends = switches.filter { $0.version == nil }.flatMap(\.positions)
            #expect(
                Dictionary(uniqueKeysWithValues: ends.map { ($0.partition, $0.offset) })
                    == station.ends(of: records))
        }
    }

    /// What is scored is sampled for the comparison with the scaler.
    @Test func theScaleOfWhatIsScoredIsSampled() async throws {
        try await onOwnThread {
            let embedded = try EmbeddedStation(partitions: 3)
            let pipeline = try pipeline(isSpreadByKey: false)
            let slot = ModelSlot(model(1, for: pipeline), load: past(pipeline))
            var settings = embedded.station.single
            settings.models = slot
            settings.batchRecordsMax = 1
            let worker = RunningWorker(settings, pipeline)
            try embedded.station.fill(try GroupTests.events(1_500, partitions: 3, seed: 52))
            try eventually("all scored") { worker.status.records == 1_500 }
            try worker.stop()
            let scale = try #require(slot.takeScale())
            let amount = scale.standardization(at: 0)
            #expect((10...500).contains(amount.mean) && amount.scale > 10)
            #expect(slot.takeScale() == nil)
        }
    }
}
