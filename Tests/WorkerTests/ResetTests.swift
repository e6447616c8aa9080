import Kafka
import Pipeline
import PipelineFixture
import Testing
import Training

@testable import Worker

/// History begun anew: what a reset says comes true, and what follows is what a first run from
/// there gives.
@Suite struct ResetTests {
    /// A worker that took everything, with snapshots of its state, and has ended.
    struct Past {
        let station: Station
        let pipeline: PipelineSettings
        let records: [InputRecord]
        let isSpread: Bool
        let scratch = SnapshotFolderTests.Scratch()

        init(_ station: Station, isSpread: Bool = false, seed: UInt64) throws {
            self.station = station
            self.isSpread = isSpread
            var project = PaymentProject()
            project.isSpreadByKey = isSpread
            var pipeline = try project.settings()
            pipeline.eventsTopic = station.events
            pipeline.labelsTopic = station.labels
            self.pipeline = pipeline
            records = MergeTests.payments(600, partitions: station.partitions, seed: seed)
            try station.fill(records)
            let worker = RunningWorker(settings(), pipeline)
            try eventually("all records") { worker.status.records == UInt64(records.count) }
            try worker.stop()
            #expect(try station.committed() == station.ends(of: records))
            #expect(try !scratch.snapshots().isEmpty)
        }

        func settings(on other: Station? = nil) -> WorkerSettings {
            let station = other ?? station
            var settings = isSpread ? station.spread : station.single
            settings.snapshotFolder = SnapshotFolder(scratch.path)
            return settings
        }

        /// The records from these offsets on, in the order in which one run takes them.
        func records(from starts: [TopicPartition: Int64]) -> [InputRecord] {
            InputRecord.sorted(
                records.filter {
                    let topic = $0.stream == .events ? station.events : station.labels
                    return $0.offset >= starts[TopicPartition(topic, $0.partition)] ?? 0
                })
        }
    }

    /// Resets, runs to the end, and compares with a first run over the records from there on.
    static func check(
        _ past: Past, on station: Station, to place: StreamReset.Place,
        location: SourceLocation = #_sourceLocation
    ) throws {
        let before = try TopicReader(station, station.predictions).readToTheEnd()
        var reset = try StreamReset(past.settings(on: station))
        let tasks = try reset.plan(to: place)
        let starts = Dictionary(
            tasks.flatMap(\.inputs).map { ($0.partition, $0.offset) }, uniquingKeysWith: max)
        let records = past.records(from: starts)
        let inputs = tasks.flatMap(\.inputs)
        #expect(inputs.reduce(0) { $0 + $1.repeated } == Int64(records.count))
        try reset.perform(tasks)
        #expect(try station.committed() == starts, sourceLocation: location)

        let worker = RunningWorker(past.settings(on: station), past.pipeline)
        try worker.awaitPhase(.running)
        try eventually("what was announced") { worker.status.records >= UInt64(records.count) }
        let events = records.count { $0.stream == .events }
        try eventually("deliveries") { worker.status.delivered == UInt64(events) }
        let report = try worker.stop()
        #expect(worker.status.records == UInt64(records.count), sourceLocation: location)
        #expect(try station.committed() == station.ends(of: past.records))
        var written: [WrittenMessage: Int] = [:]
        for message in try TopicReader(station, station.predictions).readToTheEnd() {
            written[message, default: 0] += 1
        }
        for message in before { written[message, default: 0] -= 1 }
        var truth: Set<WrittenMessage> = []
        for task in tasks {
            let own = records.filter { !past.isSpread || $0.partition == task.task }
            let fold = try Fold(past.pipeline, own)
            truth.formUnion(fold.predictions)
            guard !past.isSpread else { continue }
            let found = try #require(report.tasks.first)
            #expect(FoldedState(found.status) == fold.state, sourceLocation: location)
            #expect(found.learner?.bytes == fold.learned, sourceLocation: location)
        }
        let expected = Dictionary(truth.map { ($0, 1) }, uniquingKeysWith: +)
        #expect(written.filter { $0.value != 0 } == expected, sourceLocation: location)
    }

    /// A later run goes on from the new history, and repeats nothing of it.
    static func checkThatItStays(_ past: Past, on station: Station) throws {
        let before = try TopicReader(station, station.predictions).readToTheEnd().count
        let worker = RunningWorker(past.settings(on: station), past.pipeline)
        try worker.awaitPhase(.running)
        try worker.stop()
        #expect(worker.status.records == 0 && worker.status.delivered == 0)
        #expect(try TopicReader(station, station.predictions).readToTheEnd().count == before)
    }

    /// What a plan says, and that it leaves everything as it was.
    @Test(arguments: [false, true]) func aPlanChangesNothing(_ isSpread: Bool) async throws {
        try await onOwnThread {
            let embedded = try EmbeddedStation(partitions: 3)
            let station = embedded.station
            let past = try Past(station, isSpread: isSpread, seed: 91)
            let committed = try station.committed()
            var reset = try StreamReset(past.settings())
            let tasks = try reset.plan(to: .earliest)
            #expect(tasks.map(\.task) == (isSpread ? [0, 1, 2] : [0]))
            #expect(tasks.allSatisfy { $0.batches > 0 })
            let inputs = tasks.flatMap(\.inputs)
            #expect(inputs.count == 6)
            for input in inputs {
                #expect(input.committed == committed[input.partition] && input.offset == 0)
                #expect(input.repeated == input.end && input.skipped == 0)
            }
            let late = StreamReset.Change(
                partition: TopicPartition("events", 0), committed: nil, offset: 5_010,
                held: 5_000..<6_000)
            #expect(late.skipped == 10)
            for input in try reset.plan(to: .offset(20)).flatMap(\.inputs) {
                #expect(input.offset == 20 && input.repeated == input.end - 20)
            }
            // Past the end there is nothing to begin with.
            for input in try reset.plan(to: .offset(.max)).flatMap(\.inputs) {
                #expect(input.offset == input.end && input.repeated == 0 && input.skipped == 0)
            }
            #expect(try station.committed() == committed)
            try Self.checkThatItStays(past, on: station)
        }
    }

    /// The embedded broker takes whoever left for a member still, and so refuses: the journal must
    /// not have been told by then.
    @Test func aRefusedResetChangesNothing() async throws {
        try await onOwnThread {
            let embedded = try EmbeddedStation(partitions: 3)
            let station = embedded.station
            let past = try Past(station, seed: 92)
            let worker = RunningWorker(past.settings(), past.pipeline)
            try worker.awaitPhase(.running)
            var journal = 0
            try station.forEachRecord(of: station.journal) { _, _, _ in journal += 1 }
            var reset = try StreamReset(past.settings())
            let tasks = try reset.plan(to: .earliest)
            do throws(WorkerError) {
                try reset.perform(tasks)
                Issue.record("it was let")
            } catch {
                guard case .kafka(let refusal) = error else { throw error }
                #expect(refusal.code == .unknownMember)
            }
            #expect(worker.status.phase == .running)
            try worker.stop()
            var after = 0
            try station.forEachRecord(of: station.journal) { _, _, _ in after += 1 }
            #expect(after == journal)
            #expect(try station.committed() == station.ends(of: past.records))
        }
    }

    /// On a second cluster, which has the group's offsets and never saw a member of it.
    @Test(arguments: [StreamReset.Place.earliest, .offset(37), .offset(.max)], [false, true])
    func whatFollowsIsAFirstRunFromThere(
        _ place: StreamReset.Place, _ isSpread: Bool
    ) async throws {
        try await onOwnThread {
            let first = try EmbeddedStation(partitions: 3)
            let past = try Past(first.station, isSpread: isSpread, seed: 93)
            let second = try EmbeddedStation(partitions: 3)
            try first.station.copyHistory(to: second.station)
            try Self.check(past, on: second.station, to: place)
            try Self.checkThatItStays(past, on: second.station)
        }
    }

    /// Died between the journal's word and the group's: done again, it is as if done once.
    @Test func aResetCanBeRepeated() async throws {
        try await onOwnThread {
            let first = try EmbeddedStation(partitions: 3)
            let past = try Past(first.station, seed: 94)
            let second = try EmbeddedStation(partitions: 3)
            try first.station.copyHistory(to: second.station)
            var reset = try StreamReset(past.settings(on: second.station))
            let tasks = try reset.plan(to: .offset(11))
            try reset.perform(tasks)
            let again = try reset.plan(to: .offset(11))
            #expect(again.flatMap(\.inputs).allSatisfy { $0.repeated == 0 && $0.skipped == 0 })
            #expect(again.map(\.batches) == tasks.map(\.batches))
            try reset.perform(tasks)
            // The group stands there already; the journal says once more from where.
            let back = try reset.plan(to: .earliest)
            #expect(back.flatMap(\.inputs).allSatisfy { $0.committed == 11 && $0.offset == 0 })
            try reset.perform(back)
            try reset.perform(tasks)
            let worker = RunningWorker(past.settings(on: second.station), past.pipeline)
            let starts = Dictionary(
                tasks.flatMap(\.inputs).map { ($0.partition, $0.offset) }, uniquingKeysWith: max)
            let records = past.records(from: starts)
            try eventually("all again") { worker.status.records >= UInt64(records.count) }
            let report = try worker.stop()
            let fold = try Fold(past.pipeline, records)
            #expect(FoldedState(try #require(report.tasks.first).status) == fold.state)
            #expect(worker.status.delivered == UInt64(fold.predictions.count))
        }
    }

    /// A journal that does not say why would not fit to offsets that moved.
    @Test func offsetsStayWhereTheJournalRefuses() async throws {
        try await onOwnThread {
            let first = try EmbeddedStation(partitions: 2)
            let past = try Past(first.station, seed: 94)
            let embedded = try EmbeddedStation(partitions: 2)
            try first.station.copyHistory(to: embedded.station)
            let committed = try embedded.station.committed()
            var reset = try StreamReset(past.settings(on: embedded.station))
            let tasks = try reset.plan(to: .earliest)
            embedded.broker.fail(.produce, with: [.topicAuthorization])
            let error = #expect(throws: WorkerError.self) { try reset.perform(tasks) }
            guard case .kafka(let refusal) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(refusal.code == .topicAuthorization)
            #expect(try embedded.station.committed() == committed)
        }
    }
}
