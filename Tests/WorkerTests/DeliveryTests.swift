import Kafka
import Pipeline
import PipelineFixture
import Testing
import Training
import Worker

/// At least once: every event has its prediction, and nothing is committed before it is delivered.
@Suite struct DeliveryTests {
    struct Setup {
        let embedded: EmbeddedStation
        let pipeline: PipelineSettings
        let records: [InputRecord]
        var station: Station { embedded.station }

        init(_ count: Int, partitions: Int = 3, seed: UInt64) throws {
            embedded = try EmbeddedStation(partitions: partitions)
            var project = PaymentProject()
            // Records that arrive while the worker runs come in the order of their partitions.
            project.latenessMillis = 3_600_000
            pipeline = try project.settings()
            records = MergeTests.payments(count, partitions: partitions, seed: seed)
        }
    }

    @Test func aBrokerThatFailsAndGoesAwayLosesNothing() async throws {
        try await onOwnThread {
            let setup = try Setup(2_000, seed: 21)
            let broker = setup.embedded
            let worker = RunningWorker(setup.station.single, setup.pipeline)
            try worker.awaitPhase(.running)
            broker.broker.fail(
                .produce, with: [.notEnoughReplicas, .requestTimedOut, .notEnoughReplicas])
            let half = setup.records.count / 2
            try setup.station.fill(Array(setup.records[..<half]))
            try eventually("deliveries") { worker.status.delivered > 100 }
            try broker.broker.takeDown()
            try eventually("the loss noticed") { !worker.status.errors.isEmpty }
            try broker.broker.bringUp()
            try setup.station.fill(Array(setup.records[half...]))
            let reader = try TopicReader(setup.station, setup.station.predictions)
            try reader.await(2_000)
            try setup.station.awaitCommits(of: setup.records)
            try worker.stop()
            #expect(try setup.station.committed() == setup.station.ends(of: setup.records))
        }
    }

    /// Down, and with outputs on their way when it goes.
    @Test func outputsUnderWayArriveWhenTheBrokerIsBack() async throws {
        try await onOwnThread {
            let setup = try Setup(0, partitions: 1, seed: 22)
            let records = try GroupTests.events(600, partitions: 1, seed: 22)
            let worker = RunningWorker(setup.station.single, setup.pipeline)
            try worker.awaitPhase(.running)
            try setup.station.fill(records)
            try setup.embedded.broker.setRoundTrip(.milliseconds(500))
            try eventually("all read, outputs under way") {
                worker.status.records == UInt64(records.count)
                    && worker.status.outstanding > 0
            }
            try setup.embedded.broker.takeDown()
            try eventually("the loss noticed") { !worker.status.errors.isEmpty }
            try setup.embedded.broker.setRoundTrip(.zero)
            try setup.embedded.broker.bringUp()
            let reader = try TopicReader(setup.station, setup.station.predictions)
            try reader.await(600)
            try worker.stop()
            let truth = try Fold(setup.pipeline, InputRecord.sorted(records))
            #expect(Set(reader.messages) == Set(truth.predictions))
            #expect(try setup.station.committed() == setup.station.ends(of: records))
        }
    }

    /// Stopped and started four times: nothing twice, and every bit as if it had never stopped.
    @Test func aRestartGoesOnAsIfNothingHadBeen() async throws {
        try await onOwnThread {
            let setup = try Setup(2_000, seed: 23)
            let reader = try TopicReader(setup.station, setup.station.predictions)
            var report: WorkerReport?
            for part in 0..<4 {
                let size = setup.records.count / 4 + 1
                let records = setup.records.dropFirst(part * size).prefix(size)
                try setup.station.fill(Array(records))
                let worker = RunningWorker(setup.station.single, setup.pipeline)
                let total = part * size + records.count
                try eventually("part \(part)") { worker.status.records == UInt64(total) }
                report = try worker.stop()
                #expect(worker.status.delivered == UInt64(records.count { $0.stream == .events }))
            }
            let truth = try Fold(setup.pipeline, InputRecord.sorted(setup.records))
            let messages = try reader.readToTheEnd()
            #expect(messages.count == 2_000 && Set(messages) == Set(truth.predictions))
            let task = try #require(report?.tasks.first)
            #expect(FoldedState(task.status) == truth.state)
            #expect(task.learner?.bytes == truth.learned)
        }
    }

    /// Dead letters are outputs like others: each once.
    @Test func deadLettersAreDeliveredAndNotRepeated() async throws {
        try await onOwnThread {
            let setup = try Setup(0, seed: 24)
            var records = (0..<200).map { InputRecord(.events, time: 1_000 + $0, "{\($0)") }
            records += [.payment("good", time: 2_000)]
            let numbered = InputRecord.numbered(records)
            let letters = try TopicReader(setup.station, setup.station.deadLetters)
            for part in [numbered[..<100], numbered[100...]] {
                try setup.station.fill(Array(part))
                let worker = RunningWorker(setup.station.single, setup.pipeline)
                try eventually("records") { worker.status.records == UInt64(part.endIndex) }
                try worker.stop()
            }
            let found = try letters.readToTheEnd()
            #expect(found.count == 200)
            #expect(Set(found.map { $0.headers["espalier-position"] }).count == 200)
            #expect(found.allSatisfy { $0.reason == "malformed_json" })
        }
    }

    /// A worker that a refusal ended committed nothing that was not delivered; the next one goes
    /// on.
    @Test func aRefusalEndsTheWorkerAndCommitsNothingPastIt() async throws {
        try await onOwnThread {
            let setup = try Setup(1_500, seed: 25)
            try setup.station.fill(setup.records)
            try setup.embedded.broker.setRoundTrip(.milliseconds(20))
            var settings = setup.station.single
            settings.batchRecordsMax = 20
            settings.outstandingMax = 40
            let worker = RunningWorker(settings, setup.pipeline)
            try eventually("a commit") { worker.status.commits > 0 }
            setup.embedded.broker.fail(.produce, with: [.topicAuthorization])
            switch try worker.failure() {
            case .undelivered(_, let error?), .kafka(let error):
                #expect(error.code == .topicAuthorization)
            case let other: Issue.record("it ended otherwise: \(String(describing: other))")
            }
            try setup.embedded.broker.setRoundTrip(.zero)
            let reader = try TopicReader(setup.station, setup.station.predictions)
            let delivered = Set(try reader.readToTheEnd().map(\.source))
            let committed = try setup.station.committed()
            let owed = setup.records.filter {
                $0.stream == .events
                    && $0.offset < committed[TopicPartition("events", $0.partition)] ?? 0
            }
            #expect(!owed.isEmpty && owed.count < 1_500)
            #expect(owed.allSatisfy { delivered.contains($0.position) })
            let next = RunningWorker(setup.station.single, setup.pipeline)
            try reader.await(1_500)
            try next.stop()
            let truth = try Fold(setup.pipeline, InputRecord.sorted(setup.records))
            #expect(Set(reader.messages) == Set(truth.predictions))
        }
    }

    /// A prediction larger than the producer may send: an error, and its event stays uncommitted.
    @Test func anOutputTooLargeEndsTheWorker() async throws {
        try await onOwnThread {
            let setup = try Setup(0, seed: 26)
            let huge = String(repeating: "x", count: 3_000)
            let records = InputRecord.numbered(
                ["a", "b", huge, "c"].enumerated().map { .payment($1, time: 1_000 + Int64($0)) })
            var settings = setup.station.single
            settings.producer.set("message.max.bytes", "2000")
            settings.batchRecordsMax = 1
            settings.commitInterval = .zero
            let worker = RunningWorker(settings, setup.pipeline)
            try setup.station.fill(records)
            guard case .kafka(let error) = try worker.failure() else {
                Issue.record("it ended otherwise: \(String(describing: try worker.failure()))")
                return
            }
            #expect(error.code == .messageTooLarge)
            let events = TopicPartition("events", 0)
            #expect(try setup.station.committed()[events] ?? 0 <= 2)
            let next = RunningWorker(setup.station.single, setup.pipeline)
            let reader = try TopicReader(setup.station, setup.station.predictions)
            try reader.await(4)
            try next.stop()
            #expect(try setup.station.committed()[events] == 4)
        }
    }
}
