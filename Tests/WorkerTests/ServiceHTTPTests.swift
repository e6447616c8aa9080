import Bytes
import Features
import Foundation
import JSON
import Pipeline
import PipelineFixture
import Project
import TestSupport
import Testing

@testable import espalier

/// What a running service answers over HTTP, asked by another client.
@Suite(
    .enabled(
        if: PythonClient.isAvailable && HTTPClient.isAvailable,
        "needs Python with confluent-kafka, jsonschema and prometheus-client"))
struct ServiceHTTPTests {
    /// Starts the service, waits until it has scored everything, and says where it listens.
    private static func client(
        _ fixture: ServiceFixture, _ records: [InputRecord], _ options: [String] = []
    ) throws -> HTTPClient {
        try fixture.produce(records)
        _ = try fixture.start(["--http", "127.0.0.1:0", "--every", "1s"] + options)
        _ = try fixture.predictions(records.count { $0.stream == .events })
        let announcement = "http: listening on "
        try eventually("an address") { fixture.errors.contains(announcement) }
        let line = fixture.errors.split(separator: "\n").last { $0.hasPrefix(announcement) }
        let address = try #require(line?.dropFirst(announcement.count).dropLast())
        let client = HTTPClient(address: String(address))
        let count = records.count
        try eventually("every record") {
            let status = try client.send([.init(path: "/v1/status")])[0].document
            let used = (status?["events"]?.integer ?? 0) + (status?["labels"]?.integer ?? 0)
            return used == Int64(count)
        }
        return client
    }

    /// The project's pipelines, by partition, after the same records.
    private static func answers(
        _ fixture: ServiceFixture, _ records: [InputRecord], _ query: FeatureQuery
    ) throws -> FeatureAnswer {
        var all: FeatureAnswer?
        for partition in 0..<ServiceFixture.partitions {
            let settings = try ProjectFile.load(fixture.projectFile.path).pipelineSettings()
            let own = records.filter { $0.partition == partition }
            var fold = try Fold(settings, InputRecord.sorted(own))
            let answer = fold.pipeline.answer(query)
            if all?.merge(answer) == nil { all = answer }
        }
        return try #require(all)
    }

    /// Two workers hold three partitions: each entity is answered for by the one that has it, with
    /// the very values that a fold of the same records has.
    @Test func answersAreThoseOfTheFold() async throws {
        try await onOwnThread {
            let fixture = try ServiceFixture(ServiceProject(isSpread: true))
            var stream = PaymentStream(partitions: ServiceFixture.partitions, seed: 47)
            let records = InputRecord.numbered(stream.next(600))
            let client = try Self.client(fixture, records, ["--workers", "2"])
            let customers = Array(0..<60)
            let rows = customers.map { "{\"customer\":\($0),\"amount\":5}" }
            let reply = try client.send([
                .init(
                    path: "/v1/lookup",
                    body: "{\"consumer\":\"checkout\",\"rows\":[\(rows.joined(separator: ","))]}")
            ])[0]
            #expect(reply.status == 200 && reply.verdict == "good", "\(reply.body)")
            let plan = try ProjectFile.load(fixture.projectFile.path).plan()
            let names = ["amount_value", "count", "mean", "risk"]
            let query = FeatureQuery(
                consumer: "test",
                features: names.compactMap { name in
                    plan.features.firstIndex { $0.name == name }
                },
                rows: customers.map { customer in
                    [
                        .init(slot: 2, value: .integer(Int64(customer))),
                        .init(slot: 4, value: .number(5)),
                    ]
                })
            let expected = try Self.answers(fixture, records, query).rows
            let found = reply.document?["rows"]?.array ?? []
            #expect(found.count == customers.count)
            #expect(expected.contains(where: \.isKnown) && !expected.allSatisfy(\.isKnown))
            for (found, expected) in zip(found, expected) {
                #expect(found["known"]?.bool == expected.isKnown)
                let values = names.map { found["features"]?[$0]?.double ?? .nan }
                #expect(values.map(\.bitPattern) == expected.values.map(\.bitPattern))
                guard expected.isKnown else { continue }
                #expect(found["time"]?.integer == expected.timeMillis)
            }
        }
    }

    /// Every path, and every way to ask for nothing that there is.
    @Test func everyPathFollowsTheContract() async throws {
        try await onOwnThread {
            let fixture = try ServiceFixture()
            var stream = PaymentStream(partitions: ServiceFixture.partitions, seed: 48)
            let records = InputRecord.numbered(stream.next(200))
            let client = try Self.client(fixture, records)
            try eventually("what features cost") {
                let features = try client.send([.init(path: "/v1/features")])[0].document
                return features?["features"]?.array?.contains { $0["nanos"]?.double ?? -1 >= 0 }
                    == true
            }
            let good = try client.send([
                .init(path: "/"), .init(path: "/health/live"), .init(path: "/health/ready"),
                .init(path: "/metrics"), .init(path: "/v1/status"), .init(path: "/v1/features"),
                .init(path: "/v1/lookup?customer=3&features=mean,count&consumer=me&time=0"),
                .init(path: "/v1/lookup", body: "{\"rows\":[{},{\"amount\":null}]}"),
            ])
            for reply in good {
                #expect(reply.status == 200 && reply.verdict == "good", "\(reply)")
            }
            #expect(good[0].body.contains("<title>Espalier</title>"))
            let events = good[3].samples?["espalier_events_total"]?.double
            #expect(events == Double(records.count { $0.stream == .events }))
            #expect(good[4].document?["project"]?.string == "cards")
            #expect(good[5].document?["features"]?.array?.count == 5)
            let looked = good[6].document?["rows"]?.array?.first
            #expect(looked?["features"]?.object?.keys == ["mean", "count"])
            let bad: [(call: HTTPClient.Call, status: Int, says: String)] = [
                (.init(path: "/v1/lookup?custmer=3"), 400, "did you mean `customer`?"),
                (.init(path: "/v1/lookup?customer=x"), 400, "its type, int64"),
                (.init(path: "/v1/lookup?features=men"), 400, "did you mean `mean`?"),
                (.init(path: "/v1/lookup?features=channels"), 400, "a text or a category"),
                (.init(path: "/v1/lookup?features=mean,mean"), 400, "each once"),
                (.init(path: "/v1/lookup?time=-1"), 400, "milliseconds"),
                (.init(path: "/v1/lookup", body: "{"), 400, "a question in JSON"),
                (.init(path: "/v1/lookup", body: "{}"), 400, "0 `rows`"),
                (.init(path: "/v1/lookup", body: "{\"rows\":[{\"customer\":1.5}]}"), 400, "int64"),
                (.init(path: "/v1/lookup", body: "{\"rows\":[{}],\"wo\":1}"), 400, "`wo`"),
                (
                    .init(path: "/v1/lookup", body: String(repeating: "x", count: 2 << 20)), 413,
                    "a longer question"
                ),
                (.init(path: "/nothing"), 404, ""),
            ]
            let replies = try client.send(bad.map(\.call))
            #expect(replies.count == bad.count)
            for (reply, bad) in zip(replies, bad) {
                #expect(reply.status == bad.status && reply.verdict == "good", "\(reply)")
                #expect(reply.document?["error"]?.string?.contains(bad.says) ?? bad.says.isEmpty)
            }
        }
    }

    /// Two services cannot have one address: the second says so and ends.
    @Test func anAddressInUseIsAnError() async throws {
        try await onOwnThread {
            let fixture = try ServiceFixture()
            var stream = PaymentStream(partitions: ServiceFixture.partitions, seed: 49)
            let client = try Self.client(fixture, InputRecord.numbered(stream.next(20)))
            let port = try #require(client.address.split(separator: ":").last)
            let second = try fixture.espalier(
                ["run", fixture.projectFile.path, "--http", "127.0.0.1:\(port)"])
            #expect(second.status == ExitStatus.inputOutput.rawValue, "\(second)")
            #expect(second.errors.contains("could not listen on 127.0.0.1:\(port)"))
            let bad = try fixture.espalier(["run", fixture.projectFile.path, "--http", "host:x"])
            #expect(bad.status == ExitStatus.usage.rawValue)
            #expect(bad.errors.contains("expected HOST:PORT"))
        }
    }

    /// As OpenAPI has it, by an independent validator.
    @Test func theContractIsWellFormed() throws {
        let python = try #require(PythonProgram(importing: "openapi_spec_validator"))
        let verdict = python.output(
            of: """
                import json, sys, openapi_spec_validator
                openapi_spec_validator.validate(json.load(open(sys.argv[1])))
                print("good")
                """, ["\(SharedData.packageRoot)/schemas/http.openapi.json"])
        #expect(verdict == "good\n")
    }
}
