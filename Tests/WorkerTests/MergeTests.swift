import Kafka
import Pipeline
import PipelineFixture
import Testing
import Training
import Worker

/// Many partitions are read as one file sorted by time.
@Suite struct MergeTests {
    static func payments(_ count: Int, partitions: Int, seed: UInt64) -> [InputRecord] {
        var stream = PaymentStream(partitions: partitions, seed: seed)
        return InputRecord.numbered(stream.next(count))
    }

    /// Twelve partitions against a sort: the same bytes for every event, and the same state.
    @Test func aBacklogComesOutAsOneSortedFile() async throws {
        try await onOwnThread {
            let embedded = try EmbeddedStation(partitions: 6)
            let station = embedded.station
            let pipeline = try PaymentProject().settings()
            let records = Self.payments(3_000, partitions: 6, seed: 11)
            try station.fill(records)
            let truth = try Fold(pipeline, InputRecord.sorted(records))
            let worker = RunningWorker(station.single, pipeline)
            let reader = try TopicReader(station, station.predictions)
            try reader.await(3_000)
            try eventually("all labels") { worker.status.records == UInt64(records.count) }
            let report = try worker.stop()
            let areSame = Set(try reader.readToTheEnd()) == Set(truth.predictions)
            #expect(areSame && reader.messages.count == 3_000)
            let task = try #require(report.tasks.first)
            #expect(FoldedState(task.status) == truth.state && report.tasks.count == 1)
            let learned = task.learner?.bytes
            #expect(learned == truth.learned && truth.state.learned > 200)
            #expect(try station.committed() == station.ends(of: records))
        }
    }

    /// Events of `older` bear times before those of `newer`; the broker of one of them is slow.
    static func twoPartitions(slowBy delay: Duration) throws -> (EmbeddedStation, [InputRecord]) {
        let embedded = try EmbeddedStation(partitions: 2, brokers: 2)
        var records: [InputRecord] = []
        for n in 0..<100 {
            for partition in 0..<2 {
                records.append(
                    .payment(
                        "p\(partition)-\(n)", time: 1_700_000_000_000 + Int64(2 * n + partition),
                        customer: n % 7, partition: partition))
            }
        }
        let numbered = InputRecord.numbered(records)
        try embedded.station.fill(numbered)
        try embedded.broker.setRoundTrip(delay, broker: 2)
        return (embedded, numbered)
    }

    @Test func aPartitionThatIsBehindIsWaitedFor() async throws {
        try await onOwnThread {
            let (embedded, records) = try Self.twoPartitions(slowBy: .milliseconds(300))
            let pipeline = try PaymentProject().settings()
            let worker = RunningWorker(embedded.station.single, pipeline)
            let reader = try TopicReader(embedded.station, embedded.station.predictions)
            try reader.await(200)
            try worker.stop()
            let truth = try Fold(pipeline, InputRecord.sorted(records))
            #expect(Set(reader.messages) == Set(truth.predictions))
        }
    }

    /// With little patience the quick partition goes first, whole.
    @Test func noPartitionIsWaitedForForEver() async throws {
        try await onOwnThread {
            let (embedded, records) = try Self.twoPartitions(slowBy: .milliseconds(600))
            let pipeline = try PaymentProject().settings()
            var settings = embedded.station.single
            settings.mergePatience = .milliseconds(20)
            let worker = RunningWorker(settings, pipeline)
            let reader = try TopicReader(embedded.station, embedded.station.predictions)
            try reader.await(200)
            try worker.stop()
            let truths = try [0, 1].map { first in
                let order = records.sorted {
                    (($0.partition + first) % 2, $0.offset) < (
                        ($1.partition + first) % 2, $1.offset
                    )
                }
                return Set(try Fold(pipeline, order).predictions)
            }
            #expect(truths.contains(Set(reader.messages)))
        }
    }

    /// A label finds its way between events that never let up.
    @Test func anInputThatWasEmptyIsLookedAtAgain() async throws {
        try await onOwnThread {
            let embedded = try EmbeddedStation(partitions: 1)
            let station = embedded.station
            let events = (0..<30_000).map {
                InputRecord.payment("p\($0)", time: 1_700_000_000_000 + Int64($0 / 10))
            }
            try station.fill(events)
            try embedded.broker.setRoundTrip(.milliseconds(20))
            var settings = station.single
            settings.batchRecordsMax = 50
            settings.outstandingMax = 200
            let worker = RunningWorker(settings, try PaymentProject().settings())
            try eventually("a first prediction") { worker.status.delivered > 0 }
            try station.fill([.label("p0", time: 1)])
            try eventually("the label") { worker.status.pipelines.first?.labels.joined == 1 }
            #expect(worker.status.records < 30_000)
            try worker.stop()
        }
    }
}
