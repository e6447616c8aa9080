import Features
import Foundation
import Kafka
import Model
import Pipeline
import PipelineFixture
import Synchronization
import TestSupport
import Testing
import Training
import Worker

/// Only what the live model weighs is computed; a model that weighs more gets the state of its
/// features from the log, and scores as if they had always been computed.
@Suite struct BackfillTests {
    private static let weights: [String: [String: Double]] = [
        "first": ["amount_value": 0.01],
        "second": ["amount_value": 0.02, "mean": -0.03, "channels": 0.5],
        "third": ["count": 0.2, "ratio": 1.5],
    ]

    private func pipeline(onDemand: Bool) throws -> PipelineSettings {
        var project = PaymentProject()
        project.scoresOnly = true
        project.isSpreadByKey = true
        project.latenessMillis = 3_600_000
        var settings = try project.settings()
        if onDemand { settings.demand = FeatureDemand() }
        return settings
    }

    private static func model(_ version: String, _ plan: FeaturePlan) -> SparseModel {
        var model = SparseModel(space: plan.space, loss: .logistic, version: version)
        for (input, name) in plan.inputs.enumerated() {
            guard let weight = weights[version]?[name] else { continue }
            for index in plan.indices(ofInput: input) {
                model.set(weight, at: UInt32(index))
            }
        }
        return model
    }

    /// What one model gives for every event, all features being computed from the beginning.
    private func truth(_ version: String, _ records: [InputRecord]) throws -> Set<WrittenMessage> {
        var whole = try pipeline(onDemand: false)
        whole.scoring = .model(Self.model(version, whole.plan))
        return try GroupTests.truths(records, partitions: 3, whole)
    }

    private func slot(_ version: String, gone: String? = nil) throws -> ModelSlot {
        let plan = try pipeline(onDemand: true).plan
        return ModelSlot(Self.model(version, plan)) { version throws(ModelGone) in
            guard version != gone, Self.weights[version] != nil else {
                throw ModelGone(reason: "\(version) is gone")
            }
            return Self.model(version, plan)
        }
    }

    private func await(_ version: String, _ worker: RunningWorker) throws {
        try eventually("model \(version) everywhere") {
            let versions = worker.status.pipelines.map(\.modelVersion)
            return versions.count == 3 && Set(versions) == [version]
        }
    }

    /// Each prediction is what the model that it names gives, and every model had its turn.
    private func check(
        _ messages: [WrittenMessage], _ records: [InputRecord], _ versions: Set<String>
    ) throws {
        #expect(Set(messages.map(\.source)).count == records.count)
        #expect(messages.count == records.count)
        let byModel = Dictionary(grouping: messages) { $0.headers["espalier-model"] ?? "" }
        #expect(Set(byModel.keys) == versions)
        for (version, messages) in byModel {
            let wrong = Set(messages).subtracting(try truth(version, records)).count
            #expect(wrong == 0, "\(wrong) of \(messages.count) by \(version)")
        }
    }

    @Test func aPromotedModelIsServedOnceItsFeaturesAreThere() async throws {
        try await onOwnThread {
            let embedded = try EmbeddedStation(partitions: 3)
            let station = embedded.station
            let slot = try slot("first")
            var settings = station.spread
            settings.models = slot
            settings.batchRecordsMax = 50
            let records = try GroupTests.events(6_000, partitions: 3, seed: 91)
            let reader = try TopicReader(station, station.predictions)
            var worker = RunningWorker(settings, try pipeline(onDemand: true))
            let parts = [0..<2_000, 2_000..<4_000, 4_000..<5_000, 5_000..<6_000]
            try station.fill(Array(records[parts[0]]))
            try self.await("first", worker)
            try eventually("some") { worker.status.records > 500 }
            slot.model = Self.model("second", try pipeline(onDemand: true).plan)
            try station.fill(Array(records[parts[1]]))
            try self.await("second", worker)
            try station.fill(Array(records[parts[2]]))
            try reader.await(5_000)
            try worker.stop()

            // The next run begins with what models of the journal weigh.
            slot.model = Self.model("third", try pipeline(onDemand: true).plan)
            worker = RunningWorker(settings, try pipeline(onDemand: true))
            try self.await("third", worker)
            try station.fill(Array(records[parts[3]]))
            try reader.await(6_000)
            try worker.stop()
            try check(reader.readToTheEnd(), records, ["first", "second", "third"])
            #expect(slot.takeRefusals().isEmpty)
        }
    }

    /// A snapshot says which features it has; one without those of the model is passed over, and
    /// those that no model weighs any more are dropped.
    @Test func snapshotsServeModelsWhoseFeaturesTheyHave() async throws {
        try await onOwnThread {
            let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
            defer { try? FileManager.default.removeItem(at: folder) }
            let embedded = try EmbeddedStation(partitions: 3)
            let station = embedded.station
            var settings = station.spread
            settings.snapshotFolder = SnapshotFolder(folder.path)
            let records = try GroupTests.events(3_000, partitions: 3, seed: 92)
            let reader = try TopicReader(station, station.predictions)
            var replayed: [UInt64] = []
            for (number, version) in ["second", "first", "third"].enumerated() {
                let slot = try slot(version)
                settings.models = slot
                let worker = RunningWorker(settings, try pipeline(onDemand: true))
                try self.await(version, worker)
                replayed.append(worker.status.records)
                try station.fill(Array(records[number * 1_000..<(number + 1) * 1_000]))
                try reader.await((number + 1) * 1_000)
                try worker.stop()
                let entities = worker.status.pipelines.map(\.features.entities)
                #expect(entities.allSatisfy { ($0 == 0) == (version == "first") })
                #expect(worker.control.unreadableSnapshots.isEmpty == (version != "third"))
            }
            #expect(replayed == [0, 0, 2_000])
            try check(reader.readToTheEnd(), records, ["first", "second", "third"])
        }
    }

    /// What cannot be had back keeps the present model serving, and is told.
    @Test func aModelWithoutItsFeaturesIsRefused() async throws {
        try await onOwnThread {
            let embedded = try EmbeddedStation(partitions: 3)
            let station = embedded.station
            let slot = try slot("first", gone: "first")
            var settings = station.spread
            settings.models = slot
            let records = try GroupTests.events(1_000, partitions: 3, seed: 93)
            let reader = try TopicReader(station, station.predictions)
            let worker = RunningWorker(settings, try pipeline(onDemand: true))
            try station.fill(Array(records[..<500]))
            try self.await("first", worker)
            try reader.await(500)
            slot.model = Self.model("second", try pipeline(onDemand: true).plan)
            let refusals = Mutex<[ModelRefusal]>([])
            try eventually("the refusal") {
                refusals.withLock { $0 += slot.takeRefusals() }
                return refusals.withLock { !$0.isEmpty }
            }
            try station.fill(Array(records[500...]))
            try reader.await(1_000)
            try worker.stop()
            #expect(refusals.withLock { $0.first?.version } == "second")
            #expect(refusals.withLock { $0.first?.reason.contains("first is gone") } == true)
            try check(reader.readToTheEnd(), records, ["first"])
        }
    }
}
