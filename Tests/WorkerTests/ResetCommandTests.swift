import Foundation
import JSON
import Kafka
import Pipeline
import PipelineFixture
import Testing

/// `espalier reset` as its owner runs it, beside and between runs of the service.
@Suite(.enabled(if: PythonClient.isAvailable, "needs Python with confluent-kafka and jsonschema"))
struct ResetCommandTests {
    static func reset(
        _ fixture: ServiceFixture, _ options: [String]
    ) throws -> (status: Int32, document: JSONValue?) {
        let outcome = try fixture.espalier(
            ["reset", fixture.projectFile.path, "--json"] + options)
        return (outcome.status, try? JSONValue(parsing: outcome.output))
    }

    /// The one task's inputs.
    static func inputs(_ document: JSONValue?) -> [JSONValue] {
        document?["tasks"]?.array?.flatMap { $0["inputs"]?.array ?? [] } ?? []
    }

    static func total(_ document: JSONValue?, _ field: String) -> Int64 {
        inputs(document).reduce(0) { $0 + ($1[field]?.integer ?? 0) }
    }

    private func journalled(_ fixture: ServiceFixture) throws -> Int {
        var count = 0
        let station = fixture.station
        try station.forEachRecord(of: station.journal) { _, _, _ in count += 1 }
        return count
    }

    @Test func withoutYesNothingHappens() async throws {
        try await onOwnThread {
            let fixture = try ServiceFixture(
                ServiceProject(delivery: "{snapshots: FOLDER/snapshots}"))
            var stream = PaymentStream(partitions: ServiceFixture.partitions, seed: 95)
            let records = InputRecord.numbered(stream.next(300))
            try fixture.produce(records)
            let service = try fixture.start()
            #expect(Set(try fixture.predictions(300).map(\.place)).count == 300)

            // Beside the service: told, not done.
            let beside = try Self.reset(fixture, ["--to", "earliest"])
            #expect(beside.status == 0 && beside.document?["done"]?.bool == false)
            let refused = try fixture.espalier(
                ["reset", fixture.projectFile.path, "--to", "earliest", "--yes"])
            #expect(refused.status == 69 && refused.output.isEmpty)
            #expect(service.isRunning)
            #expect(try fixture.end(service) == 0)

            let journal = try journalled(fixture)
            let (status, told) = try Self.reset(fixture, ["--to", "earliest"])
            #expect(status == 0 && told?["done"]?.bool == false)
            #expect(told?["tasks"]?.array?.first?["batches"]?.integer ?? 0 > 0)
            #expect(Self.total(told, "repeated") == Int64(records.count))
            #expect(Self.inputs(told).allSatisfy { $0["offset"]?.integer == 0 })
            let (_, dry) = try Self.reset(fixture, ["--to", "offset:40", "--yes", "--dry-run"])
            #expect(dry?["done"]?.bool == false)
            let after40 = records.count { $0.offset >= 40 }
            #expect(Self.total(dry, "repeated") == Int64(after40))
            let text = try fixture.espalier(
                ["reset", fixture.projectFile.path, "--to", "offset:40"])
            #expect(text.output.contains("batches would be discarded"))
            #expect(text.output.hasSuffix("nothing was changed; --yes does it\n"))
            for place in ["latest", "offset:-1", "offset:x", "2018-13-01", ""] {
                #expect(try Self.reset(fixture, ["--to", place, "--yes"]).status == 64)
            }
            #expect(try journalled(fixture) == journal)
            let again = try fixture.start()
            #expect(try fixture.predictions(300).count == 300)
            #expect(try fixture.end(again) == 0)
            #expect(try fixture.predictions(300).count == 300)
        }
    }

    /// Moved to a broker that the group's members never were at; see `Station.copyHistory`.
    @Test func withYesTheServiceScoresEverythingAnew() async throws {
        try await onOwnThread {
            let project = ServiceProject(delivery: "{snapshots: FOLDER/snapshots}")
            let fixture = try ServiceFixture(project)
            var stream = PaymentStream(partitions: ServiceFixture.partitions, seed: 96)
            let records = InputRecord.numbered(stream.next(400))
            try fixture.produce(records)
            let service = try fixture.start()
            let first = try fixture.predictions(400)
            #expect(first.count == 400)
            #expect(try fixture.end(service) == 0)

            let moved = try fixture.moved()
            let (status, done) = try Self.reset(moved, ["--to", "earliest", "--yes"])
            #expect(status == 0 && done?["done"]?.bool == true)
            #expect(Self.total(done, "repeated") == Int64(records.count))
            let next = try moved.start()
            let second = try moved.predictions(400)
            #expect(try moved.end(next) == 0)
            // A fresh run gives what the first one gave, to the byte, once.
            #expect(second.count == 400 && Set(second) == Set(first))
            let receipts = try moved.espalier(["verify", moved.projectFile.path, "--json"])
            let report = try JSONValue(parsing: receipts.output)
            #expect(receipts.status == 0 && report["matched"]?.integer == 400)
        }
    }
}
