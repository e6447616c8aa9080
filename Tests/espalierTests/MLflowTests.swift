import Foundation
import JSON
import Model
import Registry
import TestSupport
import Testing

@testable import espalier

/// Against a real `mlflow server`, whose installation (PyPI `mlflow`, 0.9 GB) is too heavy for
/// every run: set `ESPALIER_MLFLOW` to a Python that has it.
struct MLflowTests {
    private static let python = ProcessInfo.processInfo.environment["ESPALIER_MLFLOW"]

    /// A tracking server in a folder, ended with the value.
    private final class TrackingServer {
        let address: String
        private let process = Process()
        private let folder: ScratchFolder

        init(_ python: String) throws {
            folder = try ScratchFolder()
            let port = try #require(Int(Self.run(python, Self.freePort)?.dropLast() ?? ""))
            address = "http://127.0.0.1:\(port)"
            process.executableURL = URL(fileURLWithPath: python)
            process.arguments = [
                "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", "\(port)",
                "--backend-store-uri", "sqlite:///\(folder.file("db"))",
                "--artifacts-destination", folder.file("artifacts"), "--workers", "1",
            ]
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            try process.run()
            _ = Self.run(python, Self.waiting, [address])
        }

        deinit { process.terminate() }

        private static let freePort = """
            import socket
            with socket.socket() as s:
                s.bind(("127.0.0.1", 0))
                print(s.getsockname()[1])
            """
        private static let waiting = """
            import sys, time, urllib.request
            for _ in range(600):
                try:
                    urllib.request.urlopen(sys.argv[1] + "/health")
                    break
                except OSError:
                    time.sleep(0.1)
            """

        static func run(_ python: String, _ source: String, _ arguments: [String] = []) -> String? {
            let process = Process()
            let output = Pipe()
            process.executableURL = URL(fileURLWithPath: python)
            process.arguments = ["-c", source] + arguments
            process.standardOutput = output
            guard (try? process.run()) != nil else { return nil }
            let text = output.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            return String(decoding: text, as: UTF8.self)
        }
    }

    /// What MLflow's own client finds.
    private static let reading = """
        import json, sys, mlflow
        mlflow.set_tracking_uri(sys.argv[1])
        client = mlflow.MlflowClient()
        found = []
        known = client.search_model_versions("name='card-fraud'")
        for version in sorted(known, key=lambda version: int(version.version)):
            run = client.get_run(version.run_id)
            path = mlflow.artifacts.download_artifacts(
                run_id=version.run_id, artifact_path="model/model.json")
            found.append({"version": str(version.version), "params": run.data.params,
                "metrics": run.data.metrics, "status": run.info.status,
                "experiment": client.get_experiment(run.info.experiment_id).name,
                "digest": version.tags["espalier.digest"], "artifact": open(path).read()})
        champion = client.get_model_version_by_alias("card-fraud", "champion")
        print(json.dumps({"versions": found, "champion": str(champion.version)}))
        """

    private func push(
        _ registry: ModelRegistry, _ reference: String, to address: String
    ) throws -> MLflowPush.Outcome {
        let models = try registry.read()
        let version = try models.version(ModelReference(reference))
        return try MLflowPush(
            server: MLflowServer(address, environment: [:]), experiment: "scoring",
            version: version, artifact: registry.artifact(of: version),
            aliases: models.model(version.model).aliases(of: version.number)
        ).run()
    }

    /// A registry with two versions of the example, the second the champion.
    private func registry(in folder: ScratchFolder) throws -> ModelRegistry {
        let registry = try ModelRegistry(creating: folder.file("models"))
        let by = Attribution(who: "tester", why: "a test", timeMillis: 1_700_000_000_000)
        let example = try #require(SharedData.schemaExample("model.json"))
        for text in [example, example.replacing("1.3687195323", with: "1.25")] {
            let bytes = Array(text.utf8)
            _ = try registry.register(
                .init(parsing: unsafe bytes.span.bytes), source: "test", by: by)
        }
        try registry.point("champion", to: ModelReference("card-fraud@2"), by: by)
        return registry
    }

    @Test(.enabled(if: python != nil, "set ESPALIER_MLFLOW to a Python with mlflow"))
    func aRealServerKeepsWhatIsPushed() throws {
        let python = try #require(Self.python)
        let server = try TrackingServer(python)
        let folder = try ScratchFolder()
        let registry = try registry(in: folder)
        defer { withExtendedLifetime(folder) {} }
        #expect(try push(registry, "card-fraud@1", to: server.address).version == "1")
        #expect(try push(registry, "card-fraud", to: server.address).version == "2")
        let again = try push(registry, "card-fraud@1", to: server.address)
        #expect(again.version == "1" && !again.isNew)
        let output = try #require(
            TrackingServer.run(python, Self.reading, [server.address]))
        let line = try #require(output.split(separator: "\n").last { $0.hasPrefix("{") })
        let found = try JSONValue(parsing: String(line))
        #expect(found["champion"]?.string == "2")
        let versions = try #require(found["versions"]?.array)
        let known = try registry.read().model("card-fraud").versions
        #expect(versions.compactMap { $0["digest"]?.string } == known.map(\.digest))
        for (version, place) in zip(versions, known) {
            let bytes = try registry.artifact(of: place).bytes
            #expect(version["artifact"]?.string == String(decoding: bytes, as: UTF8.self))
            #expect(version["params"]?["lambda"]?.string == "0.00025")
            #expect(version["metrics"]?["rocArea"]?.double == 0.8672)
            #expect(version["status"]?.string == "FINISHED")
            #expect(version["experiment"]?.string == "scoring")
        }
    }

    @Test func aServerThatIsNotThereIsNamed() throws {
        let folder = try ScratchFolder()
        let registry = try registry(in: folder)
        defer { withExtendedLifetime(folder) {} }
        let failure = #expect(throws: Failure.self) {
            try push(registry, "card-fraud", to: "http://127.0.0.1:1")
        }
        #expect(failure?.status == .unavailable)
        #expect(failure?.message.hasPrefix("http://127.0.0.1:1: ") == true)
        for address in ["", "localhost:5000", "ftp://host", "http://"] {
            #expect(throws: Failure.self) { try MLflowServer(address, environment: [:]) }
        }
    }
}
