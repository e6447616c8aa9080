import Bytes
import Foundation
import JSON
import Kafka
import Pipeline
import PipelineFixture
import TestSupport
import Testing

/// Published predictions are receipts: they can be derived again, and whoever changed one is found
/// out.
@Suite(.enabled(if: PythonClient.isAvailable, "needs Python with confluent-kafka and jsonschema"))
struct VerifyTests {
    static func verify(
        _ fixture: ServiceFixture, _ options: [String] = []
    ) throws -> (status: Int32, document: JSONValue) {
        let outcome = try fixture.espalier(
            ["verify", fixture.projectFile.path, "--json"] + options)
        return (outcome.status, try JSONValue(parsing: outcome.output))
    }

    /// A message in the place of a prediction.
    static func forge(_ source: String, _ value: String, in fixture: ServiceFixture) throws {
        var producer = try Producer(["bootstrap.servers": fixture.bootstrap])
        let topic = try producer.topic("cards.predictions")
        var headers = RecordHeaders()
        let place = Array(source.utf8)
        headers.append("espalier-source", unsafe place.span.bytes)
        let bytes = Array(value.utf8)
        try producer.send(
            to: topic, key: nil, value: unsafe bytes.span.bytes, timestampMillis: 1_700_000_000_000,
            headers: &headers)
        #expect(producer.flush(within: .seconds(30)) == 0)
    }

    @Test func predictionsOfAServiceThatWasKilledAreVerified() async throws {
        try await onOwnThread {
            let fixture = try ServiceFixture()
            var stream = PaymentStream(partitions: ServiceFixture.partitions, seed: 71)
            let records = InputRecord.numbered(stream.next(500))
            let half = records.count / 2
            try fixture.produce(Array(records[..<half]))
            let service = try fixture.start()
            let early = records[..<half].count { $0.stream == .events }
            #expect(Set(try fixture.predictions(early).map(\.place)).count == early)
            fixture.kill(service)
            try fixture.produce(Array(records[half...]))
            let next = try fixture.start()
            #expect(Set(try fixture.predictions(500).map(\.place)).count == 500)
            #expect(try fixture.end(next) == 0)

            let (status, found) = try Self.verify(fixture)
            #expect(status == 0 && found["verified"]?.bool == true)
            #expect(found["derived"]?.integer == 500 && found["matched"]?.integer == 500)
            #expect(found["missing"]?.integer == 0 && found["unknown"]?.integer == 0)
            let (_, part) = try Self.verify(fixture, ["--from", "offset:10", "--to", "offset:20"])
            #expect(part["derived"]?.integer == 30 && part["matched"]?.integer == 30)

            try Self.forge("payments/1/7", "{\"score\":0}", in: fixture)
            try Self.forge("payments/1/1000000", "{\"score\":0}", in: fixture)
            let (refused, forged) = try Self.verify(fixture)
            #expect(refused == 1 && forged["verified"]?.bool == false)
            #expect(forged["differing"]?.integer == 1 && forged["unknown"]?.integer == 1)
            let difference = forged["first_difference"]
            #expect(difference?["partition"]?.integer == 1 && difference?["offset"]?.integer == 7)
            #expect(difference?["published"]?.string == "{\"score\":0}")
            #expect(difference?["derived"]?.string?.contains("\"offset\":7}") == true)
            #expect(difference?["features"]?["amount_value"]?.double != nil)
        }
    }
}
