import Kafka
import Pipeline
import PipelineFixture
import Testing
import Training
import Worker

/// Against a Kafka cluster at `ESPALIER_TEST_BOOTSTRAP`; makes topics of its own there and leaves
/// them.
@Suite(
    .enabled(if: RealBroker.bootstrap != nil, "needs a Kafka in ESPALIER_TEST_BOOTSTRAP"))
struct RealBrokerTests {
    @Test(arguments: [true, false]) func aRealBrokerServesAsTheEmbeddedOneDoes(
        _ isSpread: Bool
    ) async throws {
        try await onOwnThread {
            let bootstrap = try #require(RealBroker.bootstrap)
            let station = Station(
                bootstrap: bootstrap, partitions: 3, prefix: RealBroker.freshPrefix())
            let admin = try Admin(station.properties)
            try admin.connect(within: .seconds(60))
            let topics = station.topics.map {
                TopicSpecification(
                    $0.name, partitions: $0.partitions, configuration: ["retention.ms": "-1"])
            }
            _ = try admin.create(topics, within: .seconds(60))
            var project = PaymentProject()
            project.isSpreadByKey = isSpread
            var pipeline = try project.settings()
            pipeline.eventsTopic = station.events
            pipeline.labelsTopic = station.labels
            let records = MergeTests.payments(2_000, partitions: 3, seed: 51)
            let half = records.count / 2
            let settings = isSpread ? station.spread : station.single
            for part in [records[..<half], records[half...]] {
                try station.fill(Array(part))
                let worker = RunningWorker(settings, pipeline)
                try eventually("part") { worker.status.records == UInt64(part.endIndex) }
                try worker.stop()
                #expect(
                    try station.committed() == station.ends(of: Array(records[..<part.endIndex])))
            }
            let messages = try TopicReader(station, station.predictions).readToTheEnd()
            let truth =
                isSpread
                ? try GroupTests.truths(records, partitions: 3, pipeline)
                : Set(try Fold(pipeline, InputRecord.sorted(records)).predictions)
            #expect(messages.count == 2_000 && Set(messages) == truth)
        }
    }
}
