import Foundation
import JSON
import Kafka
import Pipeline
import PipelineFixture
import Synchronization
import Testing

@testable import Registry

/// The service follows a registry's champion while events come in: service, broker and the command
/// that promotes are processes of their own.
struct FollowedRegistryTests {
    /// A project, its registry, and what is sent to it.
    private final class Line: Sendable {
        let fixture: ServiceFixtureBox
        let folder: String
        private let sent = Mutex<[InputRecord]>([])
        private let stream: Mutex<PaymentStream>
        private let isOpen = Mutex(true)
        private let hasEnded = DispatchSemaphore(value: 0)

        /// Not sent to other threads but as a whole.
        struct ServiceFixtureBox: @unchecked Sendable {
            let value: ServiceFixture
        }

        init() throws {
            folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
            fixture = .init(
                value: try ServiceFixture(
                    ServiceProject(model: "{loss: logistic, registry: \(folder)/models}")))
            stream = Mutex(PaymentStream(partitions: ServiceFixture.partitions, seed: 61))
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true)
        }

        deinit { try? FileManager.default.removeItem(atPath: folder) }

        var station: Station {
            Station(
                bootstrap: fixture.value.bootstrap, partitions: ServiceFixture.partitions,
                prefix: "cards.")
        }

        func registry() throws -> ModelRegistry { try ModelRegistry(opening: "\(folder)/models") }

        /// Runs the command to its end and gives what it wrote.
        func espalier(_ arguments: [String]) throws -> (status: Int32, output: String) {
            let process = Process()
            let output = Pipe()
            process.executableURL = ServiceFixture.programs.appending(path: "espalier")
            process.arguments = arguments + ["--registry", "\(folder)/models"]
            process.standardOutput = output
            process.standardError = output
            try process.run()
            let text = output.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            return (process.terminationStatus, String(decoding: text, as: UTF8.self))
        }

        /// Registers a model that was trained on amounts in thousands.
        func registerInThousands() throws {
            let file = "\(folder)/lr.json"
            try """
            {"format":"sklearn-linear","feature_names":["amount_value"],"coef":[0.5],
             "intercept":-3,"scaler":{"mean":[0.09],"scale":[0.15]}}
            """.write(toFile: file, atomically: true, encoding: .utf8)
            let outcome = try espalier([
                "model", "import", file, "--from", "sklearn", "--alias", "champion",
                "--project", fixture.value.projectFile.path,
            ])
            try #require(outcome.status == 0, "\(outcome.output)")
        }

        /// Registers a model with an intercept of its own, by another program's format.
        func register(_ intercept: Int, _ options: [String] = []) throws {
            let file = "\(folder)/coefficients.csv"
            try "(Intercept),\(intercept)\namount_value,0.001\n"
                .write(toFile: file, atomically: true, encoding: .utf8)
            let outcome = try espalier(
                ["model", "import", file, "--from", "glmnet"]
                    + ["--project", fixture.value.projectFile.path] + options)
            try #require(outcome.status == 0, "\(outcome.output)")
        }

        /// Sends payments without a pause until `close`.
        func pour() {
            Thread.detachNewThread { [self] in
                defer { hasEnded.signal() }
                while isOpen.withLock({ $0 }) {
                    guard (try? send(50)) != nil else { return }
                }
            }
        }

        private func send(_ count: Int) throws {
            var producer = try Producer(station.properties)
            let topic = try producer.topic("payments")
            let events = stream.withLock { $0.next(count) }.filter { $0.stream == .events }
            for record in events {
                let (key, value) = (Array((record.key ?? "").utf8), record.value ?? [])
                try unsafe producer.send(
                    to: topic, .partition(record.partition), key: key.span.bytes,
                    value: value.span.bytes, timestampMillis: record.time)
            }
            guard producer.flush(within: .seconds(60)) == 0 else { return }
            sent.withLock { $0 += events }
        }

        /// Ends the stream: everything that was sent.
        func close() -> [InputRecord] {
            isOpen.withLock { $0 = false }
            hasEnded.wait()
            return InputRecord.numbered(sent.withLock { $0 })
        }
    }

    private func models(_ messages: [WrittenMessage]) -> Set<String> {
        Set(messages.compactMap { $0.headers["espalier-model"] })
    }

    /// The last line of the service's that is whole.
    private func status(_ path: String) throws -> JSONValue? {
        let text = try String(contentsOfFile: path, encoding: .utf8)
        return try text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().last
            .map { try JSONValue(parsing: String($0))["registry"] ?? .null }
    }

    @Test(.timeLimit(.minutes(3))) func theChampionIsFollowed() async throws {
        try await onOwnThread { try Self().follow() }
    }

    /// Amounts a thousand times those of the training are told by name and factor.
    @Test(.timeLimit(.minutes(3))) func aChangedUnitIsTold() async throws {
        try await onOwnThread {
            let line = try Line()
            try line.registerInThousands()
            let lines = "\(line.folder)/status.ndjson"
            #expect(FileManager.default.createFile(atPath: lines, contents: nil))
            let service = try line.fixture.value.start(
                ["--every", "100ms"], output: try #require(FileHandle(forWritingAtPath: lines)))
            line.pour()
            try eventually("the warning") {
                let warning = try Self().status(lines)?["scaleWarnings"]?.array?.first
                return warning?["feature"]?.string == "amount_value"
                    && warning?["factor"]?.double == 1_000
            }
            _ = line.close()
            #expect(try line.fixture.value.end(service) == 0)
        }
    }

    private func follow() throws {
        let line = try Line()
        try line.register(-2, ["--alias", "champion"])
        try line.register(-1)
        try line.register(1)
        let registry = try line.registry()
        let digests = try registry.read().model("cards").versions.map(\.digest)
        let lines = "\(line.folder)/status.ndjson"
        #expect(FileManager.default.createFile(atPath: lines, contents: nil))
        let service = try line.fixture.value.start(
            ["--every", "100ms"], output: try #require(FileHandle(forWritingAtPath: lines)))
        let reader = try TopicReader(line.station, line.station.predictions)
        line.pour()
        func awaitModel(_ number: Int) throws {
            try eventually("model \(number)") {
                reader.take()
                return reader.messages.last?.headers["espalier-model"] == digests[number - 1]
            }
        }
        try awaitModel(1)
        let promoted = try line.espalier(["model", "promote", "cards@2", "--why", "better"])
        #expect(promoted.status == 0, "\(promoted.output)")
        try awaitModel(2)

        // A third version that does not arrive whole becomes the champion.
        let object = "\(line.folder)/models/objects/\(digests[2]).json"
        let whole = try Data(contentsOf: URL(fileURLWithPath: object))
        try whole.dropLast(20).write(to: URL(fileURLWithPath: object))
        try registry.change("cards", Attribution(who: "t", why: "", timeMillis: 0)) { _ in
            .pointed(alias: "champion", version: 3)
        }
        try eventually("the refusal") { try status(lines)?["refusals"]?.integer == 1 }
        #expect(try status(lines)?["version"]?.string == "cards@2")
        let before = reader.messages.count
        try eventually("more predictions") {
            reader.take()
            return reader.messages.count > before + 100
        }
        #expect(!models(reader.messages).contains(digests[2]))
        // Once it is whole, it serves without anybody's doing.
        try whole.write(to: URL(fileURLWithPath: object))
        try awaitModel(3)
        #expect(try line.espalier(["model", "rollback", "cards"]).status == 0)
        try awaitModel(2)

        let records = line.close()
        try reader.await(records.count)
        #expect(try line.fixture.value.end(service) == 0)
        let messages = try reader.readToTheEnd()
        try check(messages, records, registry, digests)
    }

    /// One prediction for each event, each by the version that the registry says served its offset.
    private func check(
        _ messages: [WrittenMessage], _ records: [InputRecord], _ registry: ModelRegistry,
        _ digests: [String]
    ) throws {
        #expect(messages.count == records.count)
        #expect(
            Set(messages.map(\.source))
                == Set(records.map { "payments/\($0.partition)/\($0.offset)" }))
        let served = try registry.read().model("cards").served
        #expect(Set(served.map(\.version)) == [1, 2, 3] && served.allSatisfy { $0.to != nil })
        for message in messages {
            let place = message.source.split(separator: "/")
            let (partition, offset) = (Int(place[1]), try #require(Int64(place[2])))
            let versions = served.filter {
                $0.partition == partition && $0.from <= offset && offset < $0.to ?? .max
            }
            #expect(
                versions.map { digests[$0.version - 1] } == [message.headers["espalier-model"]],
                "\(message.source)")
        }
    }
}
