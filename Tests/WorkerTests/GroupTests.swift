import Kafka
import Pipeline
import PipelineFixture
import Testing
import Training
import Worker

/// Several workers of one group.
@Suite struct GroupTests {
    /// Payments without labels: the order of one partition's records is the same however they
    /// arrive.
    static func events(_ count: Int, partitions: Int, seed: UInt64) throws -> [InputRecord] {
        MergeTests.payments(count, partitions: partitions, seed: seed).filter {
            $0.stream == .events
        }
    }

    /// Learns from silence.
    static func spreadPipeline() throws -> PipelineSettings {
        var project = PaymentProject()
        project.isSpreadByKey = true
        project.maturityMillis = 3_000
        return try project.settings()
    }

    /// One is active, the other stands by, takes over, and goes on to the bit.
    @Test func aStandbyTakesOver() async throws {
        try await onOwnThread {
            let setup = try DeliveryTests.Setup(0, partitions: 1, seed: 31)
            let station = setup.station
            let records = try Self.events(1_000, partitions: 1, seed: 31)
            let half = records.count / 2
            let reader = try TopicReader(station, station.predictions)
            let workers = (0..<2).map { _ in RunningWorker(station.single, setup.pipeline) }
            try eventually("one active, one standing by") {
                Set(workers.map(\.status.phase)) == [.running, .standby]
            }
            let active = workers[workers[0].status.phase == .running ? 0 : 1]
            let standby = workers[active === workers[0] ? 1 : 0]
            try station.fill(Array(records[..<half]))
            try eventually("half") { active.status.records == UInt64(half) }
            try station.awaitCommits(of: Array(records[..<half]))
            #expect(standby.status.records == 0 && standby.status.partitions.isEmpty)
            try active.stop()
            try eventually("the rebuilt state") { standby.status.records == UInt64(half) }
            #expect(standby.status.delivered == 0)
            try station.fill(Array(records[half...]))
            try reader.await(1_000)
            try standby.stop()
            let truth = try Fold(setup.pipeline, InputRecord.sorted(records))
            let messages = try reader.readToTheEnd()
            #expect(messages.count == 1_000, "\(messages.count) of \(reader.sources.count)")
            #expect(Set(messages) == Set(truth.predictions))
        }
    }

    /// What pipelines over each partition alone give.
    static func truths(
        _ records: [InputRecord], partitions: Int, _ pipeline: PipelineSettings
    ) throws -> Set<WrittenMessage> {
        try (0..<partitions).reduce(into: []) { all, partition in
            let own = InputRecord.sorted(records.filter { $0.partition == partition })
            all.formUnion(try Fold(pipeline, own).predictions)
        }
    }

    /// Two workers share four partitions; one leaves, the other rebuilds what it takes over.
    @Test func partitionsAreSharedAndTakenOver() async throws {
        try await onOwnThread {
            let embedded = try EmbeddedStation(partitions: 4)
            let station = embedded.station
            let pipeline = try Self.spreadPipeline()
            let records = try Self.events(1_200, partitions: 4, seed: 32)
            let half = records.count / 2
            let reader = try TopicReader(station, station.predictions)
            let workers = (0..<2).map { _ in RunningWorker(station.spread, pipeline) }
            try eventually("two partitions each") {
                workers.allSatisfy {
                    $0.status.partitions.count == 4 && $0.status.phase == .running
                }
            }
            for worker in workers {
                let numbers = Dictionary(grouping: worker.status.partitions, by: \.partition)
                #expect(numbers.count == 2 && numbers.values.allSatisfy { $0.count == 2 })
            }
            try station.fill(Array(records[..<half]))
            try eventually("half") {
                workers.reduce(0) { $0 + $1.status.records } == UInt64(half)
            }
            try station.awaitCommits(of: Array(records[..<half]))
            let own = workers[1].status.records
            #expect(own > 0 && own < half)
            try workers[0].stop()
            let read = UInt64(half) + workers[1].status.records - own
            try eventually("all partitions") {
                workers[1].status.partitions.count == 8 && workers[1].status.replayRemaining == 0
                    && workers[1].status.phase == .running
            }
            // Its own tasks were parked and resumed: only those of the other were read again.
            #expect(workers[1].status.records == read)
            try station.fill(Array(records[half...]))
            try reader.await(1_200)
            let report = try workers[1].stop()
            #expect(report.tasks.count == 4)
            let messages = try reader.readToTheEnd()
            let truth = try Self.truths(records, partitions: 4, pipeline)
            #expect(messages.count == 1_200 && Set(messages) == truth)
        }
    }

    /// A second worker joins in mid-stream: the first keeps what it keeps without reading it again.
    @Test func whoJoinsTakesAPart() async throws {
        try await onOwnThread {
            let embedded = try EmbeddedStation(partitions: 4)
            let station = embedded.station
            let pipeline = try Self.spreadPipeline()
            let records = try Self.events(1_000, partitions: 4, seed: 33)
            let half = records.count / 2
            let first = RunningWorker(station.spread, pipeline)
            try first.awaitPhase(.running)
            try station.fill(Array(records[..<half]))
            try eventually("half") { first.status.records == UInt64(half) }
            try station.awaitCommits(of: Array(records[..<half]))
            let second = RunningWorker(station.spread, pipeline)
            try second.awaitPhase(.running)
            try station.fill(Array(records[half...]))
            let reader = try TopicReader(station, station.predictions)
            try reader.await(1_000)
            let kept = Set(first.status.partitions.map(\.partition))
            #expect(kept.count == 2)
            try station.awaitCommits(of: records)
            let reports = [try first.stop(), try second.stop()]
            #expect(reports.map(\.tasks.count) == [2, 2] || reports.map(\.tasks.count) == [2, 4])
            let later = records[half...].count { kept.contains($0.partition) }
            #expect(first.status.records == UInt64(half + later))
            let truth = try Self.truths(records, partitions: 4, pipeline)
            let messages = try reader.readToTheEnd()
            #expect(messages.count == 1_000 && Set(messages) == truth)
        }
    }

    @Test func eventsAndLabelsMustBePartitionedAlike() async throws {
        try await onOwnThread {
            let embedded = try EmbeddedStation(partitions: 3, labelPartitions: 2)
            let pipeline = try PaymentProject().settings()
            let worker = RunningWorker(embedded.station.spread, pipeline)
            #expect(try worker.failure() == .partitionsDiffer(events: 3, labels: 2))
        }
    }

    @Test func anotherWayOfSharingPartitionsIsRefused() async throws {
        try await onOwnThread {
            let embedded = try EmbeddedStation(partitions: 1)
            var settings = embedded.station.spread
            settings.consumer.set("partition.assignment.strategy", "cooperative-sticky")
            let worker = RunningWorker(settings, try PaymentProject().settings())
            guard case .kafka(let error) = try worker.failure() else {
                Issue.record("it ended otherwise")
                return
            }
            #expect(error.code == .invalidArgument && "\(error)".contains("cooperative-sticky"))
        }
    }

    /// No broker: an error within the patience.
    @Test func anAbsentBrokerEndsTheWorker() async throws {
        try await onOwnThread {
            var settings = Station(bootstrap: "127.0.0.1:9", partitions: 1).single
            settings.connectPatience = .milliseconds(300)
            let began = ContinuousClock.now
            let worker = RunningWorker(settings, try PaymentProject().settings())
            guard case .kafka(let error) = try worker.failure() else {
                Issue.record("it ended otherwise")
                return
            }
            #expect(error.code == .brokerTransport)
            #expect(ContinuousClock.now - began < .seconds(30))
            #expect(worker.status.phase == .stopped)
        }
    }
}
