import Bytes
import Kafka
import Pipeline
import PipelineFixture
import Testing

@testable import Worker

/// At least once: a worker that has lost its task and does not know publishes nothing of another
/// history.
@Suite struct FencingTests {
    private func write(_ record: JournalRecord, to station: Station) throws {
        var producer = try Producer(station.properties)
        let topic = try producer.topic(station.journal)
        let bytes = JournalTests.bytes(record)
        try producer.send(
            to: topic, .partition(0), key: nil, value: unsafe bytes.span.bytes, timestampMillis: 0)
        #expect(producer.flush(within: .seconds(60)) == 0)
    }

    @Test func whoWasTakenOverPublishesNothingMore() async throws {
        try await onOwnThread {
            let setup = try DeliveryTests.Setup(0, partitions: 1, seed: 71)
            let station = setup.station
            let records = try GroupTests.events(600, partitions: 1, seed: 71)
            let half = records.count / 2
            let first = RunningWorker(station.single, setup.pipeline)
            try first.awaitPhase(.running)
            try station.fill(Array(records[..<half]))
            try station.awaitCommits(of: Array(records[..<half]))
            try write(.takeover(owner: 0), to: station)
            try station.fill(Array(records[half...]))
            try eventually("the loss noticed") { first.status.errors["TASK_TAKEN_OVER"] == 1 }
            try first.stop()
            let reader = try TopicReader(station, station.predictions)
            #expect(try reader.readToTheEnd().count == half)
            #expect(try station.committed() == station.ends(of: Array(records[..<half])))

            let next = RunningWorker(station.single, setup.pipeline)
            try reader.await(records.count)
            try next.stop()
            let truth = try Fold(setup.pipeline, InputRecord.sorted(records))
            #expect(try reader.readToTheEnd().count == records.count)
            #expect(Set(reader.messages) == Set(truth.predictions))
        }
    }

    /// What others write that held the task before takes nothing away.
    @Test func voidRecordsBetweenItsOwnDoNotStopAWorker() async throws {
        try await onOwnThread {
            let setup = try DeliveryTests.Setup(0, partitions: 1, seed: 72)
            let station = setup.station
            let records = try GroupTests.events(600, partitions: 1, seed: 72)
            let half = records.count / 2
            let worker = RunningWorker(station.single, setup.pipeline)
            try worker.awaitPhase(.running)
            for part in [records[..<half], records[half...]] {
                let range = JournalRange(JournalInput(.events, 0), start: 0, end: 5, count: 5)
                try write(
                    .batches(owner: 0, [JournalBatch(number: 0, ranges: [range])]), to: station)
                try station.fill(Array(part))
                try station.awaitCommits(of: Array(records[..<part.endIndex]))
            }
            #expect(worker.status.errors.isEmpty)
            try worker.stop()
            let truth = try Fold(setup.pipeline, InputRecord.sorted(records))
            let messages = try TopicReader(station, station.predictions).readToTheEnd()
            #expect(messages.count == records.count)
            #expect(Set(messages) == Set(truth.predictions))
        }
    }

    /// By hand: what is in doubt is not durable, and nothing more is written meanwhile.
    @Test func aDoubtHoldsTheTaskUntilItIsDispelled() {
        func batch(_ number: UInt64) -> JournalBatch { JournalBatch(number: number, ranges: []) }
        var books = JournalBooks(firstOwner: 5)
        #expect(books.open(task: 1, isTakeoverWritten: true) == 5)
        books.noteAcknowledged(task: 1, next: 0, offset: 7)
        books.noteRead(task: 1, next: 3, offset: 7)
        books.append(batch(3), task: 1)
        _ = books.takeRecords(of: 1)
        books.noteAcknowledged(task: 1, next: 4, offset: 8)
        #expect(books.takeDoubts().isEmpty && books.isDurable(task: 1, 3))
        books.append(batch(4), task: 1)
        _ = books.takeRecords(of: 1)
        books.append(batch(5), task: 1)
        books.noteAcknowledged(task: 1, next: 5, offset: 11)
        let doubt = JournalDoubt(task: 1, owner: 5, others: 9..<11, next: 5)
        #expect(books.takeDoubts() == [doubt] && books.takeDoubts().isEmpty)
        #expect(!books.isDurable(task: 1, 4) && books.due.isEmpty)
        #expect(
            doubt.isLoss(.takeover(owner: 6)) && doubt.isLoss(.origin(number: 5, positions: [:])))
        #expect(!doubt.isLoss(.takeover(owner: 5)) && !doubt.isLoss(.batches(owner: 6, [])))
        books.dispel(doubt)
        #expect(books.isDurable(task: 1, 4) && books.due == [1] && books.offset(ofTask: 1) == 11)
    }
}
