import Kafka
import Pipeline
import PipelineFixture
import Testing
import Training

@testable import Worker

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

    /// A record was taken from one input; then another is found behind, and the first is not
    /// preferred for having been the current one when both are here again.
    @Test func anInputThatIsBehindEndsTheRunOfTheCurrentOne() {
        let first = ListedSource(
            JournalInput(.events, 0),
            [10, 20, 60].enumerated().map { place, time in
                var record = InputRecord.payment("a\(place)", time: Int64(time))
                record.offset = Int64(place)
                return record
            })
        let second = ListedSource(
            JournalInput(.events, 1),
            [15, 30].enumerated().map { place, time in
                var record = InputRecord.payment("b\(place)", time: Int64(time), partition: 1)
                record.offset = Int64(place)
                return record
            }, arrived: 1)
        second.knowsItsEnd = false
        var merge = Merge([first, second], patience: .seconds(1))
        merge.begin()
        var times: [Int64] = []
        while case .record(let index) = merge.next() {
            times.append(merge.inputs[index].timestampMillis)
            _ = merge.inputs[index].take()
        }
        #expect(times == [10, 15])
        second.arrive(1)
        second.knowsItsEnd = true
        while case .record(let index) = merge.next() {
            times.append(merge.inputs[index].timestampMillis)
            _ = merge.inputs[index].take()
        }
        #expect(times == [10, 15, 20, 30, 60])
    }

    /// An input that was found empty at its end stays out of the batch; the next batch has it.
    @Test func anEmptyInputStaysOutOfTheBatch() {
        var late = InputRecord.payment("late", time: 1, partition: 1)
        late.offset = 0
        let events = ListedSource(
            JournalInput(.events, 0),
            (0..<3).map { place in
                var record = InputRecord.payment("a\(place)", time: 10 + Int64(place))
                record.offset = Int64(place)
                return record
            })
        let other = ListedSource(JournalInput(.events, 1), [late], arrived: 0)
        var merge = Merge([events, other], patience: .zero)
        var order: [Int] = []
        merge.begin()
        for _ in 0..<3 {
            guard case .record(let index) = merge.next() else { break }
            order.append(index)
            _ = merge.inputs[index].take()
            other.arrive(1)
        }
        guard case .none = merge.next() else {
            Issue.record("the batch went on")
            return
        }
        merge.begin()
        if case .record(let index) = merge.next() { order.append(index) }
        #expect(order == [0, 0, 0, 1])
    }
}
