import Foundation
import Kafka
import Pipeline
import PipelineFixture
import TestSupport
import Testing

/// The service as its users run it: broker, service and clients are processes of their own, and the
/// clients are not ours.
@Suite(.enabled(if: PythonClient.isAvailable, "needs Python with confluent-kafka and jsonschema"))
struct ServiceTests {
    /// What the service's group committed.
    func committed(_ fixture: ServiceFixture) throws -> [TopicPartition: Int64] {
        var consumer = try Consumer(["bootstrap.servers": fixture.bootstrap, "group.id": "cards"])
        try consumer.connect(within: .seconds(60))
        let all = ["payments", "frauds"].flatMap { topic in
            (0..<ServiceFixture.partitions).map { TopicPartition(topic, $0) }
        }
        let found = try consumer.committed(all, within: .seconds(60))
        return Dictionary(found.map { ($0.partition, $0.offset) }, uniquingKeysWith: max)
    }

    func ends(_ records: [InputRecord]) -> [TopicPartition: Int64] {
        Dictionary(
            records.map {
                let topic = $0.stream == .events ? "payments" : "frauds"
                return (TopicPartition(topic, $0.partition), $0.offset + 1)
            }, uniquingKeysWith: max)
    }

    @Test func predictionsAreReadByAnotherClientAndFollowTheSchema() async throws {
        try await onOwnThread {
            let fixture = try ServiceFixture()
            var stream = PaymentStream(partitions: ServiceFixture.partitions, seed: 41)
            var records = stream.next(400)
            for n in 0..<10 {
                records.append(
                    InputRecord(
                        .events, partition: n % 3, time: 1_700_000_100_000, key: "x", "{\(n)"))
            }
            records = InputRecord.numbered(records)
            try fixture.produce(records)
            let service = try fixture.start()
            let predictions = try fixture.predictions(400)
            let events = records.filter { $0.stream == .events }.prefix(400)
            let positions = events.map { "payments/\($0.partition)/\($0.offset)" }
            #expect(predictions.count == 400 && Set(predictions.map(\.place)) == Set(positions))
            let keys = Dictionary(
                zip(positions, events.map(\.key)), uniquingKeysWith: { a, _ in a })
            #expect(predictions.allSatisfy { $0.key == keys[$0.place] && $0.model != nil })
            let verdicts = SchemaValidator.verdicts(
                "prediction.schema.json", predictions.map(\.value))
            #expect(verdicts == predictions.map { _ in "good" })
            let letters = try PythonClient.consume(
                "cards.dead-letter", of: fixture.bootstrap, count: 10, header: "espalier-position")
            #expect(letters.count == 10 && letters.allSatisfy { $0.reason == "malformed_json" })
            #expect(try fixture.end(service) == 0)
            #expect(try committed(fixture) == ends(records))
            #expect(FileManager.default.fileExists(atPath: fixture.modelFile.path))
        }
    }

    /// Each partition learns by itself where records are spread by the only entity: no model of
    /// theirs is lost.
    @Test func eachPartitionKeepsItsModel() async throws {
        try await onOwnThread {
            let fixture = try ServiceFixture(ServiceProject(isSpread: true))
            var stream = PaymentStream(partitions: ServiceFixture.partitions, seed: 44)
            let records = InputRecord.numbered(stream.next(300))
            try fixture.produce(records)
            let service = try fixture.start(["--workers", "2"])
            _ = try fixture.predictions(records.count { $0.stream == .events })
            #expect(try fixture.end(service) == 0, "\(fixture.errors)")
            let models = try (0..<ServiceFixture.partitions).map { partition in
                let path = fixture.modelFile.path.replacing(".json", with: ".\(partition).json")
                return try String(contentsOfFile: path, encoding: .utf8)
            }
            #expect(Set(models).count == models.count)
            #expect(!FileManager.default.fileExists(atPath: fixture.modelFile.path))
        }
    }

    /// Killed again and again under load, and the broker hangs in between: every event has a
    /// prediction, those that come twice are alike, and all follow from the journal.
    @Test func killsUnderLoadLoseNothing() async throws {
        try await onOwnThread {
            let fixture = try ServiceFixture(
                ServiceProject(delivery: "{snapshots: FOLDER/snapshots, snapshotEvery: 1s}"))
            var stream = PaymentStream(partitions: ServiceFixture.partitions, seed: 43)
            var records: [InputRecord] = []
            let station = Station(
                bootstrap: fixture.bootstrap, partitions: ServiceFixture.partitions,
                events: fixture.project.events, labels: fixture.project.labels)
            for round in 0..<6 {
                let service = try fixture.start()
                for _ in 0..<10 {
                    let known = records.count
                    records = InputRecord.numbered(records + stream.next(40))
                    try station.fill(Array(records[known...]))
                    Thread.sleep(forTimeInterval: 0.05 * Double(round))
                }
                if round == 2 { fixture.hangBroker(seconds: 3) }
                fixture.kill(service)
            }
            let last = try fixture.start()
            let count = records.count { $0.stream == .events }
            let predictions = try fixture.predictions(count)
            #expect(Set(predictions.map(\.place)).count == count)
            #expect(Set(predictions).count == count)
            #expect(try fixture.end(last) == 0)
            #expect(try committed(fixture) == ends(records))
            let receipts = try fixture.espalier(["verify", fixture.projectFile.path, "--json"])
            #expect(receipts.status == 0, "\(receipts.output)")
        }
    }

    /// Killed and started again: a prediction for every event, and repeated ones are the same.
    @Test func aKilledServiceGoesOnWhereItWas() async throws {
        try await onOwnThread {
            let fixture = try ServiceFixture()
            var stream = PaymentStream(partitions: ServiceFixture.partitions, seed: 42)
            let records = InputRecord.numbered(stream.next(600))
            let half = records.count / 2
            try fixture.produce(Array(records[..<half]))
            let service = try fixture.start()
            let early = records[..<half].count { $0.stream == .events }
            #expect(Set(try fixture.predictions(early).map(\.place)).count == early)
            fixture.kill(service)
            try fixture.produce(Array(records[half...]))
            let next = try fixture.start()
            let predictions = try fixture.predictions(600)
            #expect(Set(predictions.map(\.place)).count == 600)
            #expect(Set(predictions).count == 600)
            #expect(try fixture.end(next) == 0)
            #expect(try committed(fixture) == ends(records))
        }
    }
}
