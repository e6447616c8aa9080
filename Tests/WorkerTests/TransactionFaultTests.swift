import Kafka
import Pipeline
import PipelineFixture
import Testing
import Worker

/// Exactly once, where a transaction does not come about. The broker of these tests shows what was
/// aborted as well, so that what counts is that nothing is missing and every worker lives.
@Suite struct TransactionFaultTests {
    private static func settings(_ settings: WorkerSettings, _ id: String) -> WorkerSettings {
        var settings = settings
        settings.guarantee = .exactlyOnce(id: id)
        return settings
    }

    /// What cannot be delivered aborts the transaction, whose outputs go into the next.
    @Test func aFailedDeliveryIsSentAgain() async throws {
        try await onOwnThread {
            let setup = try DeliveryTests.Setup(0, partitions: 1, seed: 41)
            let records = try GroupTests.events(600, partitions: 1, seed: 41)
            try setup.station.fill(records)
            let policyViolation = KafkaError.Code(rawValue: 44)
            setup.embedded.broker.fail(.produce, with: [policyViolation])
            let settings = Self.settings(setup.station.single, "one")
            let worker = RunningWorker(settings, setup.pipeline)
            let reader = try TopicReader(setup.station, setup.station.predictions)
            try reader.await(600)
            try worker.stop()
            #expect(!worker.status.errors.isEmpty)
            let truth = try Fold(setup.pipeline, InputRecord.sorted(records))
            #expect(Set(reader.messages) == Set(truth.predictions))
        }
    }

    /// The group goes on while the last transaction before a partition is given back is committed:
    /// its outputs belong to whoever has the partition now.
    @Test func aTransactionThatTheGroupRefusesIsForgotten() async throws {
        try await onOwnThread {
            let embedded = try EmbeddedStation(partitions: 2)
            let station = embedded.station
            let pipeline = try GroupTests.spreadPipeline()
            let records = try GroupTests.events(600, partitions: 2, seed: 42)
            let half = records.count / 2
            var settings = Self.settings(station.spread, "one")
            // So that only giving back commits.
            settings.commitInterval = .seconds(600)
            let first = RunningWorker(settings, pipeline)
            try first.awaitPhase(.running)
            try station.fill(Array(records[..<half]))
            try eventually("half is read") { first.status.records == UInt64(half) }
            embedded.broker.fail(.commitOffsetsInTransaction, with: [.illegalGeneration])
            let second = RunningWorker(Self.settings(station.spread, "two"), pipeline)
            try eventually("a partition each") {
                [first, second].allSatisfy {
                    $0.status.partitions.count == 2 && $0.status.phase == .running
                }
            }
            try station.fill(Array(records[half...]))
            let reader = try TopicReader(station, station.predictions)
            try reader.await(600)
            try first.stop()
            try second.stop()
            let truth = try GroupTests.truths(records, partitions: 2, pipeline)
            #expect(Set(reader.messages) == truth)
        }
    }
}
