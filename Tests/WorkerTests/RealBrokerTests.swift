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
            let station = try RealBroker.station(partitions: 3)
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

    /// Begun anew where the group had members, and at a time, which only a real broker looks up.
    @Test(arguments: [false, true]) func aResetBeginsAnew(_ isSpread: Bool) async throws {
        try await onOwnThread {
            let station = try RealBroker.station(partitions: 3)
            let past = try ResetTests.Past(station, isSpread: isSpread, seed: 97)
            let times = past.records.map(\.time).sorted()
            let places: [StreamReset.Place] = [
                .earliest, .offset(37), .time(times[times.count / 2]), .time(.max >> 8),
            ]
            for place in places {
                try ResetTests.check(past, on: station, to: place)
                try ResetTests.checkThatItStays(past, on: station)
            }
            var reset = try StreamReset(past.settings())
            let half = try reset.plan(to: .time(times[times.count / 2])).flatMap(\.inputs)
            for input in half {
                let own = past.records.filter {
                    $0.partition == input.partition.partition
                        && ($0.stream == .events) == (input.partition.topic == station.events)
                }
                let first = own.filter { $0.time >= times[times.count / 2] }.map(\.offset).min()
                #expect(input.offset == first ?? input.end)
            }
        }
    }

    /// While a member lives, nobody else may; afterwards one may.
    @Test func aResetWaitsForTheLastMember() async throws {
        try await onOwnThread {
            let station = try RealBroker.station(partitions: 3)
            let past = try ResetTests.Past(station, seed: 98)
            let worker = RunningWorker(past.settings(), past.pipeline)
            try worker.awaitPhase(.running)
            var reset = try StreamReset(past.settings())
            let tasks = try reset.plan(to: .earliest)
            #expect(throws: WorkerError.self) { try reset.perform(tasks) }
            #expect(try station.committed() == station.ends(of: past.records))
            try worker.stop()
            try ResetTests.check(past, on: station, to: .earliest)
        }
    }
}
