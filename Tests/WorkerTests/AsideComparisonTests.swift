import Drift
import Foundation
import JSON
import Kafka
import Pipeline
import PipelineFixture
import Synchronization
import TestSupport
import Testing

@testable import Worker

/// Windows that are compared aside are told of later, and the same is told.
@Suite struct AsideComparisonTests {
    /// Work that is done when the test says so.
    private final class Bench: Sendable {
        private let isOpen = Mutex(false)

        func open() { isOpen.withLock { $0 = true } }

        var aside: AsideComparison {
            AsideComparison { work in
                AsideComparison.Begun {
                    self.isOpen.withLock { $0 }
                } result: {
                    self.isOpen.withLock { $0 = false }
                    return work()
                }
            }
        }
    }

    private struct Watched: ~Copyable {
        var fold: Fold
        var outbox = Outbox()
        var windows: [JSONValue] = []
        var told: [AlertNotification] = []

        init(_ settings: PipelineSettings) throws { fold = try Fold(settings) }

        mutating func step(
            _ records: ArraySlice<InputRecord>, aside: AsideComparison? = nil
        ) throws {
            for record in records { fold.step(record) }
            outbox.removeAll()
            told += fold.pipeline.tick(
                now: records.last?.time ?? 0, aside: aside, into: &outbox)
            try noteWindows()
        }

        mutating func tell(now: Int64) throws {
            outbox.removeAll()
            told += fold.pipeline.tellCompared(now: now, into: &outbox)
            try noteWindows()
        }

        private mutating func noteWindows() throws {
            for message in outbox.messages where message.destination == .drift {
                windows.append(try JSONValue(parsing: outbox.bytes(message.value)))
            }
        }
    }

    private static let batch = 50

    /// However long comparisons take, messages are those of a pipeline that compares at once.
    @Test(arguments: UInt64(0)..<12) func theSameIsTold(seed: UInt64) throws {
        let settings = try WatchRestartTests.settings(seed: seed)
        let records = InputRecord.numbered(WatchRestartTests.payments(0..<16, broken: 9..<12))
        var random = SeededGenerator(seed)
        var atOnce = try Watched(settings)
        var aside = try Watched(settings)
        let bench = Bench()
        var late = 0
        for start in stride(from: 0, to: records.count, by: Self.batch) {
            let part = records[start..<min(records.count, start + Self.batch)]
            try atOnce.step(part)
            try aside.step(part, aside: bench.aside)
            if aside.fold.pipeline.isComparing {
                #expect(aside.windows.count < atOnce.windows.count || atOnce.windows.isEmpty)
                late += 1
                if Bool.random(using: &random) { bench.open() }
            }
        }
        try aside.tell(now: records.last?.time ?? 0)
        #expect(late > 10 && !aside.fold.pipeline.isComparing)
        #expect(aside.windows == atOnce.windows && !aside.windows.isEmpty)
        #expect(
            aside.told.flatMap(\.alerts).map(\.identity)
                == atOnce.told.flatMap(\.alerts).map(\.identity))
        #expect(aside.told.count == atOnce.told.count && !aside.told.isEmpty)
    }

    /// While its windows are compared, a batch is delivered and not committed.
    @Test func nothingIsCommittedThatIsNotTold() async throws {
        try await onOwnThread {
            let embedded = try EmbeddedStation(partitions: 1)
            let station = embedded.station
            try embedded.broker.createTopic("drift", partitions: 1)
            var project = PaymentProject()
            project.scoresOnly = true
            var pipeline = try project.settings()
            pipeline.watch = WatchRestartTests.watch()
            var settings = station.single
            settings.driftTopic = "drift"
            let bench = Bench()
            settings.aside = bench.aside
            let records = InputRecord.numbered(WatchRestartTests.payments(0..<1, broken: 0..<0))
            let more = InputRecord.numbered(WatchRestartTests.payments(0..<6, broken: 0..<0))
                .dropFirst(records.count)
            let events = TopicPartition(station.events, 0)
            try station.fill(records)
            let worker = RunningWorker(settings, pipeline)
            try eventually("committed") {
                try station.committed()[events] == Int64(records.count)
            }
            try station.fill(Array(more))
            let reader = try TopicReader(station, station.predictions)
            try reader.await(records.count + more.count)
            // Commits are due every 50 ms.
            let commits = worker.status.commits
            Thread.sleep(forTimeInterval: 0.5)
            #expect(try station.committed()[events] == Int64(records.count))
            #expect(worker.status.commits == commits)
            bench.open()
            try eventually("committed") {
                try station.committed()[events] == Int64(records.count + more.count)
            }
            try worker.stop()
            // Six windows, of which the last is open and four are the baseline.
            #expect(try TopicReader(station, "drift").readToTheEnd().count == 1)
        }
    }
}
