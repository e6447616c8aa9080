import Bytes
import Foundation
import JSON
import Kafka
import Pipeline
import PipelineFixture
import Testing

@testable import Worker

/// Where the first events are gone, `espalier verify` begins with a snapshot: the newest that holds
/// no event that is to be verified.
@Suite(.enabled(if: PythonClient.isAvailable, "needs Python with confluent-kafka and jsonschema"))
struct TrimmedLogTests {
    /// Two runs of a service, each of which left a snapshot at its end, on a broker that has
    /// dropped the first events meanwhile: it keeps 5 MB of a partition.
    private struct Past {
        let fixture: ServiceFixture
        let records: [InputRecord]
        /// How many of them the first run had.
        let half: Int

        /// Bytes that nobody reads, of each payment of a run: below 5 MB a partition in each run,
        /// above it in both.
        private static let padding = [20_000, 24_000]

        init() throws {
            fixture = try ServiceFixture(Self.project(snapshotEvery: "1s"))
            var stream = PaymentStream(partitions: ServiceFixture.partitions, seed: 73)
            var records = stream.next(800)
            half = records.count / 2
            for index in records.indices where records[index].stream == .events {
                let text = String(decoding: records[index].value ?? [], as: UTF8.self)
                let padding = String(
                    repeating: "x", count: Self.padding[index < half ? 0 : 1])
                records[index].value = Array(
                    "\(text.dropLast()),\"note\":\"\(padding)\"}".utf8)
            }
            self.records = InputRecord.numbered(records)
        }

        private static func project(snapshotEvery interval: String) -> ServiceProject {
            ServiceProject(
                delivery: "{snapshots: FOLDER/snapshots, snapshotTopic: true, "
                    + "snapshotEvery: \(interval)}")
        }

        /// The first run is killed, for the embedded broker refuses commits of whoever comes after
        /// a member that has left.
        func run() throws {
            try fixture.produce(Array(early))
            let first = try fixture.start()
            try eventually("snapshots of the first run, \(fixture.errors)") {
                try isSnapshotted(early)
            }
            fixture.kill(first)
            _ = try fixture.write(Self.project(snapshotEvery: "1h"))
            try fixture.produce(Array(records[half...]))
            let next = try fixture.start()
            let payments = records.count { $0.stream == .events }
            #expect(Set(try fixture.predictions(payments).map(\.place)).count == payments)
            #expect(try fixture.end(next) == 0, "\(fixture.errors)")
        }

        /// Whether the newest snapshots, in the folder and in the topic, hold all of them.
        private func isSnapshotted(_ records: ArraySlice<InputRecord>) throws -> Bool {
            guard let next = fixture.snapshots.newest(task: 0) else { return false }
            let outline = try SnapshotOutline(next, in: fixture.snapshots, task: 0)
            var ends: [JournalInput: Int64] = [:]
            for record in records {
                ends[JournalInput(record.stream, record.partition)] = record.offset + 1
            }
            guard outline.head.positions == ends else { return false }
            let properties = fixture.station.properties
            let topic = SnapshotTopic(
                "cards.snapshots", consumer: properties, producer: properties)
            return try SnapshotSurvey(topic, task: 0).complete.first?.manifest.next
                == outline.head.next
        }

        private var early: ArraySlice<InputRecord> { records[..<half] }
        /// Behind the last event of any partition that the first snapshot holds.
        var end: Int64 { (early.filter { $0.stream == .events }.map(\.offset).max() ?? 0) + 1 }
        /// The next whole second behind the newest event that it holds.
        var time: Date {
            let millis = early.map(\.time).max() ?? 0
            return Date(timeIntervalSince1970: Double(millis / 1_000 + 1))
        }

        func payments(where isIn: (InputRecord) -> Bool) -> Int64 {
            Int64(records.count { $0.stream == .events && isIn($0) })
        }

        /// Runs the command, and expects it to say of the log that it is too short.
        func refuse(_ options: [String]) throws -> String {
            let outcome = try fixture.espalier(
                ["verify", fixture.projectFile.path, "--json"] + options)
            #expect(outcome.status == 65 && outcome.output.isEmpty)
            #expect(outcome.errors.contains("are needed to rebuild state from the beginning and"))
            return outcome.errors
        }
    }

    private static func verify(
        _ past: Past, from place: String, expecting payments: Int64, _ options: [String] = []
    ) throws {
        let (status, found) = try VerifyTests.verify(past.fixture, ["--from", place] + options)
        #expect(status == 0 && found["verified"]?.bool == true, "\(found)")
        #expect(payments > 0 && found["derived"]?.integer == payments)
        #expect(found["matched"]?.integer == payments && found["unknown"]?.integer == 0)
        let batch = try #require(found["snapshots"]?.array?.first)["batch"]?.integer
        #expect(batch ?? 0 > 0)
    }

    @Test func aSnapshotTakesThePlaceOfWhatIsGone() async throws {
        try await onOwnThread {
            let past = try Past()
            try past.run()
            let end = past.end
            let behind = past.payments { $0.offset >= end }
            let later = past.payments { Double($0.time) / 1_000 >= past.time.timeIntervalSince1970 }
            let time = past.time.ISO8601Format()
            try Self.verify(past, from: "offset:\(end)", expecting: behind)
            try Self.verify(past, from: time, expecting: later)
            // Without the folder, the topic has them.
            let elsewhere = ["--snapshots", "\(past.fixture.projectFile.path).nowhere"]
            try Self.verify(past, from: "offset:\(end)", expecting: behind, elsewhere)

            for options in [[], ["--from", "offset:\(end - 1)"], ["--from", "2023-01-01"]] {
                let told = try past.refuse(options)
                #expect(told.contains("for --from offset:\(end), or --from \(time),"), "\(told)")
            }

            try VerifyTests.forge("payments/1/\(end)", "{\"score\":0}", in: past.fixture)
            let (refused, forged) = try VerifyTests.verify(
                past.fixture, ["--from", "offset:\(end)"])
            #expect(refused == 1 && forged["differing"]?.integer == 1)
            #expect(forged["first_difference"]?["features"]?["amount_value"]?.double != nil)

            // What a reset has discarded is no state to go on from.
            try Self.reset(past.fixture.station)
            let told = try past.refuse(["--from", "offset:\(end)"])
            #expect(told.contains("Keep snapshots"), "\(told)")
        }
    }

    /// Begins the only task's history anew at the first events, in its journal.
    private static func reset(_ station: Station) throws {
        var producer = try Producer(station.properties)
        let journal = try producer.topic(station.journal)
        var record = ByteWriter()
        let inputs = (0..<ServiceFixture.partitions).map { JournalInput(.events, $0) }
        let positions = Dictionary(uniqueKeysWithValues: inputs.map { ($0, Int64(0)) })
        JournalRecord.origin(number: 1_000_000, positions: positions).append(to: &record)
        try producer.send(
            to: journal, .partition(0), key: nil, value: record.bytes, timestampMillis: 0)
        #expect(producer.flush(within: .seconds(30)) == 0)
    }
}
