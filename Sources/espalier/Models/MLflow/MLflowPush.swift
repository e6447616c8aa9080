internal import Bytes
internal import JSON
internal import Model
internal import Registry

/// A version of a registry as MLflow keeps it: a run with parameters, metrics and the artifact, a
/// model version that comes from the run, and the aliases. Pushed again, only aliases change.
struct MLflowPush {
    let server: MLflowServer
    let experiment: String
    let version: RegisteredVersion
    let artifact: ModelArtifact
    /// What stands for the version here.
    let aliases: [String]

    /// Where it came to be.
    struct Outcome {
        var version: String
        var run: String?
        var isNew: Bool
    }

    static let digestTag = "espalier.digest"
    private static let parametersMax = 100

    func run() throws(Failure) -> Outcome {
        _ = try server.post("registered-models/create", ["name": .string(version.model)])
        var outcome: Outcome
        if let known = try knownVersion() {
            outcome = Outcome(version: known, run: nil, isNew: false)
        } else {
            let run = try makeRun()
            outcome = Outcome(version: try makeVersion(of: run), run: run.id, isNew: true)
        }
        for alias in aliases {
            _ = try server.post(
                "registered-models/alias",
                [
                    "name": .string(version.model), "alias": .string(alias),
                    "version": .string(outcome.version),
                ])
        }
        return outcome
    }

    private func knownVersion() throws(Failure) -> String? {
        let filter =
            "name='\(version.model)' and tag.`\(Self.digestTag)`='\(version.digest)'"
        let found = try server.get(
            "model-versions/search", ["filter": filter, "max_results": "1"])
        return found?["model_versions"]?.array?.first?["version"]?.string
    }

    // MARK: Run

    private struct Run {
        let id: String
        let artifactsAddress: String
    }

    private func makeRun() throws(Failure) -> Run {
        let time = JSONValue.integer(version.attribution.timeMillis)
        let answer = try server.post(
            "runs/create",
            [
                "experiment_id": .string(try experimentID()), "start_time": time,
                "run_name": .string(version.reference),
                "tags": .array([
                    Self.pair(Self.digestTag, version.digest),
                    Self.pair("espalier.version", version.reference),
                    Self.pair("espalier.why", version.attribution.why),
                    Self.pair("mlflow.user", version.attribution.who),
                ]),
            ])
        let info = try member(answer, "run", "info")
        let run = Run(
            id: try text(info["run_id"], "run_id"),
            artifactsAddress: try text(info["artifact_uri"], "artifact_uri"))
        _ = try server.post(
            "runs/log-batch",
            [
                "run_id": .string(run.id), "params": .array(parameters),
                "metrics": .array(
                    metrics.map { name, value in
                        .object([
                            "key": .string(name), "value": .number(value), "timestamp": time,
                            "step": .integer(0),
                        ])
                    }),
            ])
        try storeArtifacts(of: run)
        _ = try server.post(
            "runs/update",
            ["run_id": .string(run.id), "status": .string("FINISHED"), "end_time": time])
        return run
    }

    private func experimentID() throws(Failure) -> String {
        let query = ["experiment_name": experiment]
        if let found = try server.get("experiments/get-by-name", query) {
            return try text(member(found, "experiment")["experiment_id"], "experiment_id")
        }
        let made = try server.post("experiments/create", ["name": .string(experiment)])
        return try text(made?["experiment_id"], "experiment_id")
    }

    private var parameters: [JSONValue] {
        let content = artifact.content
        var pairs = [
            ("loss", content.loss.rawValue), ("lambda", "\(content.objective.lambda)"),
            ("alpha", "\(content.objective.alpha)"), ("solver", content.solver.name),
            ("examples", "\(content.data.examples)"), ("features", "\(content.features.count)"),
        ]
        if let seed = content.seed { pairs.append(("seed", "\(seed)")) }
        if let digest = content.data.digest { pairs.append(("data", digest)) }
        pairs += content.solver.parameters.sorted { $0.key < $1.key }
            .map { ("\(content.solver.name).\($0.key)", "\($0.value)") }
        return pairs.prefix(Self.parametersMax).map(Self.pair)
    }

    private var metrics: [(String, Double)] {
        let content = artifact.content
        let weighed = content.features.count { $0.leadingWeight != nil }
        return content.metrics.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } + [
            ("nonZero", Double(weighed)), ("bytes", Double(artifact.bytes.count)),
        ]
    }

    // MARK: Artifacts

    private static let folder = "model"
    private static let servedScheme = "mlflow-artifacts:"

    private func storeArtifacts(of run: Run) throws(Failure) {
        guard run.artifactsAddress.hasPrefix(Self.servedScheme) else {
            throw Failure(
                .unavailable,
                "found artifacts in \(run.artifactsAddress); expected a server that serves them "
                    + "(mlflow server --serve-artifacts)")
        }
        let path = run.artifactsAddress.dropFirst(Self.servedScheme.count).drop { $0 == "/" }
        var table = ByteWriter()
        WeightTable(artifact.content).write(to: &table)
        for (name, bytes) in [("model.json", artifact.bytes), ("weights.csv", table.copy())] {
            try server.store(bytes, at: "\(path)/\(Self.folder)/\(name)")
        }
    }

    private func makeVersion(of run: Run) throws(Failure) -> String {
        let made = try server.post(
            "model-versions/create",
            [
                "name": .string(version.model), "run_id": .string(run.id),
                "source": .string("\(run.artifactsAddress)/\(Self.folder)"),
                "description": .string(version.attribution.why),
                "tags": .array(
                    [
                        Self.pair(Self.digestTag, version.digest),
                        Self.pair("espalier.version", version.reference),
                    ] + version.tags.sorted { $0.key < $1.key }.map(Self.pair)),
            ])
        return try text(member(made, "model_version")["version"], "version")
    }

    // MARK: Documents

    private static func pair(_ key: String, _ value: String) -> JSONValue {
        .object(["key": .string(key), "value": .string(value)])
    }

    private func member(_ answer: JSONValue?, _ keys: String...) throws(Failure) -> JSONValue {
        var value = answer ?? .null
        for key in keys {
            guard let inner = value[key] else {
                throw Failure(.unavailable, "found an answer without \(key); expected MLflow's")
            }
            value = inner
        }
        return value
    }

    private func text(_ value: JSONValue?, _ key: String) throws(Failure) -> String {
        if let text = value?.string { return text }
        if let number = value?.integer { return "\(number)" }
        throw Failure(.unavailable, "found an answer without \(key); expected MLflow's")
    }
}
