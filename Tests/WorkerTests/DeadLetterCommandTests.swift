import Foundation
import JSON
import Kafka
import Pipeline
import PipelineFixture
import Testing

/// Dead letters as their owner deals with them: counted, shown, set aside, sent again.
@Suite(.enabled(if: PythonClient.isAvailable, "needs Python with confluent-kafka and jsonschema"))
struct DeadLetterCommandTests {
    private func letters(
        _ command: String, _ fixture: ServiceFixture, _ options: [String] = []
    ) throws -> [JSONValue] {
        let outcome = try fixture.espalier(
            ["dead-letters", command, fixture.projectFile.path, "--json"] + options)
        #expect(outcome.status == 0)
        return try outcome.output.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
    }

    private func counts(
        _ fixture: ServiceFixture, _ options: [String] = []
    ) throws -> [String: Int64] {
        Dictionary(
            uniqueKeysWithValues: try letters("list", fixture, options).map {
                ($0["reason"]?.string ?? "", $0["count"]?.integer ?? 0)
            })
    }

    /// Six that are no JSON, three without a time.
    private func rejects() -> [InputRecord] {
        let time: Int64 = 1_700_000_000_000
        let cut = (0..<6).map {
            InputRecord(.events, partition: $0 % 3, time: time + Int64($0), key: "k\($0)", "{\($0)")
        }
        let timeless = (0..<3).map {
            InputRecord(
                .events, partition: $0, time: time, key: "t\($0)",
                "{\"id\":\"i\($0)\",\"customer\":1,\"terminal\":2,\"amount\":3}")
        }
        return InputRecord.numbered(cut + timeless)
    }

    @Test func lettersAreListedDroppedAndSentAgainOnce() async throws {
        try await onOwnThread {
            let fixture = try ServiceFixture()
            try fixture.produce(rejects())
            let service = try fixture.start()
            _ = try PythonClient.consume(
                "cards.dead-letter", of: fixture.bootstrap, count: 9, header: "espalier-position")
            #expect(try fixture.end(service) == 0)
            #expect(try counts(fixture) == ["malformed_json": 6, "missing_field": 3])
            let shown = try letters("show", fixture, ["--reason", "missing_field"])
            #expect(shown.count == 3)
            #expect(shown.allSatisfy { $0["headers"]?["espalier-field"]?.string == "time" })
            #expect(shown.allSatisfy { $0["key"]?.string?.hasPrefix("t") == true })

            // Without --yes nothing happens.
            let would = try letters("drop", fixture, ["--reason", "malformed_json"])
            #expect(would.first?["dropped"]?.integer == 0 && would.first?["found"]?.integer == 6)
            #expect(try counts(fixture).count == 2)
            let drop = try letters("drop", fixture, ["--reason", "malformed_json", "--yes"])
            #expect(drop.first?["dropped"]?.integer == 6)
            #expect(try counts(fixture) == ["missing_field": 3])
            #expect(try counts(fixture, ["--all"]) == ["malformed_json": 6, "missing_field": 3])

            let replay = try letters("replay", fixture, ["--yes"])
            #expect(replay.first?["sent"]?.integer == 3)
            #expect(try counts(fixture).isEmpty)
            let again = try letters("replay", fixture, ["--yes"])
            #expect(again.first?["sent"]?.integer == 0)

            let sent = try PythonClient.consume(
                "payments", of: fixture.bootstrap, count: 4, header: "espalier-replayed")
            let replayed = sent.filter { $0.place.hasPrefix("cards.dead-letter[") }
            #expect(replayed.count == 3)
            #expect(Set(replayed.compactMap(\.key)) == ["t0", "t1", "t2"])
        }
    }
}
