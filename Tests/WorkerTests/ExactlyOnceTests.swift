import Foundation
import JSON
import Kafka
import Pipeline
import PipelineFixture
import TestSupport
import Testing

/// Exactly once, on a Kafka with transactions: what a reader of committed messages finds has one
/// prediction for each event, each as the journal says; and where the order in which records came
/// does not matter, it is what one run without a fault publishes, message for message.
///
/// The cluster at `ESPALIER_TEST_BOOTSTRAP` gets topics of the tests' own, which stay there.
@Suite(
    .serialized,
    .enabled(
        if: RealBroker.bootstrap != nil && PythonClient.isAvailable,
        "needs a Kafka in ESPALIER_TEST_BOOTSTRAP, and Python with confluent-kafka"))
struct ExactlyOnceTests {
    /// Records that come in portions, a project that scores them, and who works on it.
    final class Line {
        let fixture: ServiceFixture
        private let station: Station
        private var stream: PaymentStream
        private(set) var records: [InputRecord] = []
        private var generator: SeededGenerator

        init(isSpread: Bool, seed: UInt64) throws {
            let prefix = RealBroker.freshPrefix()
            var project = ServiceProject(inputs: prefix, name: "\(prefix)cards")
            project.isSpread = isSpread
            project.delivery = "{guarantee: exactly-once, snapshots: FOLDER/snapshots}"
            fixture = try ServiceFixture(project, on: RealBroker.bootstrap)
            station = Station(
                bootstrap: fixture.bootstrap, partitions: ServiceFixture.partitions,
                prefix: prefix, events: "payments", labels: "frauds")
            stream = PaymentStream(partitions: ServiceFixture.partitions, seed: seed)
            generator = SeededGenerator(seed)
        }

        /// The next portion of the log, younger than all before it.
        func fill(_ payments: Int) throws {
            let known = records.count
            records = InputRecord.numbered(records + stream.next(payments))
            try station.fill(Array(records[known...]))
        }

        var eventCount: Int { records.count { $0.stream == .events } }

        func pause(_ range: ClosedRange<Double>) {
            Thread.sleep(forTimeInterval: .random(in: range, using: &generator))
        }

        /// Waits until the group has committed every record.
        func awaitCommits() throws {
            var properties = station.properties
            properties.set("group.id", fixture.project.name)
            var consumer = try Consumer(properties)
            try consumer.connect(within: .seconds(60))
            let wanted = station.ends(of: records)
            try eventually("commits of everything", within: .seconds(180)) {
                let found = try consumer.committed(Array(wanted.keys), within: .seconds(60))
                return found.allSatisfy { wanted[$0.partition] == $0.offset }
                    && found.count == wanted.count
            }
        }

        /// The same inputs, by a run without a fault that knows of no other.
        func undisturbed() throws -> [ReadRecord] {
            var project = fixture.project
            project.name += ".once"
            let service = try fixture.start(file: try fixture.write(project))
            defer { fixture.kill(service) }
            _ = try PythonClient.consume(
                project.predictions, of: fixture.bootstrap, count: eventCount,
                header: "espalier-source")
            #expect(try fixture.end(service) == 0)
            return try PythonClient.readToTheEnd(project.predictions, of: fixture.bootstrap)
        }

        /// Nothing lost, nothing twice, and every prediction follows from the journal.
        @discardableResult
        func check() throws -> Set<ReadRecord> {
            let found = try PythonClient.readToTheEnd(
                fixture.project.predictions, of: fixture.bootstrap)
            let places = Set(found.map(\.place)).count
            #expect(
                found.count == eventCount && places == eventCount,
                "\(found.count) messages of \(places) events; expected \(eventCount)")
            let receipts = try fixture.espalier(["verify", fixture.projectFile.path, "--json"])
            let report = try JSONValue(parsing: receipts.output)
            #expect(receipts.status == 0 && report["verified"]?.bool == true)
            #expect(report["matched"]?.integer == Int64(eventCount), "\(receipts.output)")
            return Set(found)
        }
    }

    /// Records come while nobody works, so that every run takes them in the order of their times.
    @Test(arguments: [false, true]) func aHundredKillsLoseAndRepeatNothing(
        _ isSpread: Bool
    ) async throws {
        try await onOwnThread {
            let line = try Line(isSpread: isSpread, seed: 81)
            for _ in 0..<RealBroker.kills {
                try line.fill(150)
                let service = try line.fixture.start(["--instance", "a"])
                line.pause(0.3...1.6)
                line.fixture.kill(service)
            }
            try line.fill(150)
            let last = try line.fixture.start(["--instance", "a"])
            try line.awaitCommits()
            #expect(try line.fixture.end(last) == 0, "\(line.fixture.errors)")
            let wrong = try line.check().symmetricDifference(try line.undisturbed()).count
            #expect(wrong == 0)
        }
    }

    /// Two instances share the partitions; one comes and goes, by force or in good order.
    @Test(arguments: [false, true]) func rebalancesLoseAndRepeatNothing(
        _ isSpread: Bool
    ) async throws {
        try await onOwnThread {
            let line = try Line(isSpread: isSpread, seed: 82)
            var services = ["a", "b"]
                .map { try? line.fixture.start(["--instance", $0]) }
                .compactMap { $0 }
            for round in 0..<12 {
                try line.fill(150)
                line.pause(0.5...2.5)
                let place = round % 2
                if round % 3 == 0 {
                    line.fixture.kill(services[place])
                } else {
                    #expect(try line.fixture.end(services[place]) == 0)
                }
                line.pause(0...1)
                services[place] = try line.fixture.start(["--instance", ["a", "b"][place]])
            }
            try line.awaitCommits()
            for service in services { #expect(try line.fixture.end(service) == 0) }
            try line.check()
        }
    }

    /// One that hangs is taken for dead; when it goes on, nothing that it still sends counts.
    @Test(arguments: [false, true]) func aZombieIsFenced(_ isSameInstance: Bool) async throws {
        try await onOwnThread {
            let line = try Line(isSpread: false, seed: 83)
            try line.fill(3_000)
            let zombie = try line.fixture.start(["--instance", "a"])
            try eventually("a first commit") {
                try !PythonClient.readToTheEnd(
                    line.fixture.project.predictions, of: line.fixture.bootstrap
                ).isEmpty
            }
            Glibc.kill(zombie.processIdentifier, SIGSTOP)
            let heir = try line.fixture.start(["--instance", isSameInstance ? "a" : "b"])
            try line.fill(300)
            try line.awaitCommits()
            Glibc.kill(zombie.processIdentifier, SIGCONT)
            try line.fill(300)
            try line.awaitCommits()
            #expect(try line.fixture.end(heir) == 0)
            try line.fill(100)
            if !isSameInstance { try line.awaitCommits() }
            _ = try line.fixture.end(zombie)
            if isSameInstance {
                let next = try line.fixture.start(["--instance", "a"])
                try line.awaitCommits()
                #expect(try line.fixture.end(next) == 0)
            }
            try line.check()
        }
    }

    /// What others abort was never there.
    @Test func abortedEventsAreNotScored() async throws {
        try await onOwnThread {
            let line = try Line(isSpread: false, seed: 84)
            try line.fill(50)
            try line.abort(20)
            try line.fill(50)
            let service = try line.fixture.start()
            _ = try PythonClient.consume(
                line.fixture.project.predictions, of: line.fixture.bootstrap, count: 100,
                header: "espalier-source")
            #expect(try line.fixture.end(service) == 0)
            let found = try PythonClient.readToTheEnd(
                line.fixture.project.predictions, of: line.fixture.bootstrap)
            #expect(found.count == 100 && Set(found.map(\.place)).count == 100)
        }
    }

    /// The broker is stopped and started again by `ESPALIER_TEST_RESTART`, a command.
    @Test(.enabled(if: RealBroker.restart != nil, "needs a command in ESPALIER_TEST_RESTART"))
    func aRestartedBrokerLosesAndRepeatsNothing() async throws {
        try await onOwnThread {
            let line = try Line(isSpread: true, seed: 85)
            let service = try line.fixture.start(["--instance", "a"])
            for _ in 0..<3 {
                try line.fill(400)
                line.pause(0.3...1.5)
                try RealBroker.restartNow()
            }
            try line.fill(400)
            try line.awaitCommits()
            #expect(try line.fixture.end(service) == 0)
            try line.check()
        }
    }
}

extension ExactlyOnceTests.Line {
    /// Writes events in a transaction that is aborted.
    func abort(_ count: Int) throws {
        var producer = try Producer([
            "bootstrap.servers": fixture.bootstrap, "transactional.id": UUID().uuidString,
        ])
        try producer.connect(within: .seconds(60))
        try producer.initTransactions(within: .seconds(60))
        try producer.beginTransaction()
        let topic = try producer.topic(fixture.project.events)
        for n in 0..<count {
            let value = Array(#"{"id":"aborted\#(n)","time":1700000000000,"customer":1}"#.utf8)
            try unsafe producer.send(
                to: topic, .partition(n % ServiceFixture.partitions), key: nil,
                value: value.span.bytes, timestampMillis: 1_700_000_000_000)
        }
        _ = producer.flush(within: .seconds(60))
        try producer.abortTransaction(within: .seconds(60))
    }
}
