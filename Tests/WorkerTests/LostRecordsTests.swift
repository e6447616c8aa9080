import Kafka
import Pipeline
import PipelineFixture
import Testing
import Worker

/// A log that is shorter than what is read of it: an error that says so, never a gap.
@Suite struct LostRecordsTests {
    /// The broker drops records that wait to be read: it keeps 5 MB of a partition.
    @Test func recordsThatAreDeletedBeforeTheyAreReadEndTheWorker() async throws {
        try await onOwnThread {
            let setup = try DeliveryTests.Setup(0, partitions: 1, seed: 51)
            var settings = setup.station.single
            settings.outstandingMax = 10
            settings.batchRecordsMax = 5
            settings.consumer.set("queued.max.messages.kbytes", "100")
            settings.consumer.set("fetch.message.max.bytes", "100000")
            let worker = RunningWorker(settings, setup.pipeline)
            try worker.awaitPhase(.running)
            let early = InputRecord.numbered(
                (0..<10).map { .payment("first\($0)", time: 1_000 + $0) })
            try setup.station.fill(early)
            try setup.station.awaitCommits(of: early)
            setup.embedded.broker.fail(topic: setup.station.predictions, with: .notEnoughReplicas)
            let padding = String(repeating: "x", count: 20_000)
            try setup.station.fill(
                InputRecord.numbered(
                    (0..<800).map { .payment("\($0)\(padding)", time: 2_000 + $0) }))
            setup.embedded.broker.fail(
                topic: setup.station.predictions, with: KafkaError.Code(rawValue: 0))
            guard
                case .recovery(.recordsGone(0, let input, let wanted, let oldest))? =
                    try worker.failure()
            else {
                Issue.record("\(String(describing: try worker.failure()))")
                return
            }
            #expect(input == JournalInput(.events, 0))
            #expect(wanted.lowerBound > 10 && wanted.upperBound == oldest && oldest > 300)
        }
    }

    /// A topic that was made anew is shorter than the state's positions in it.
    @Test func aTopicMadeAnewIsNotReadFromItsBeginning() async throws {
        try await onOwnThread {
            let embedded = try EmbeddedStation(partitions: 2)
            let past = try ResetTests.Past(embedded.station, seed: 52)
            let second = try EmbeddedStation(partitions: 2)
            try embedded.station.copyHistory(to: second.station, without: embedded.station.events)
            let worker = RunningWorker(past.settings(on: second.station), past.pipeline)
            guard case .recovery(.recordsLost(0, _, let used, let end))? = try worker.failure()
            else {
                Issue.record("\(String(describing: try worker.failure()))")
                return
            }
            #expect(used > 0 && end == 0)
        }
    }
}
