internal import Bytes
internal import JSON
internal import Project
internal import Usage

/// The messages that tell of verdicts and decisions (`schemas/verdict.schema.json`): one a feature,
/// in the topic of features, under the key `NAME/verdict`.
struct PublishedVerdicts {
    private let messages: [(name: String, message: JSONValue)]

    /// How long acknowledgements are waited for.
    private static let patience = Duration.seconds(30)

    /// - Parameter millis: when this is said, milliseconds since the Unix epoch.
    init(_ audit: FeatureAudit, _ log: PruningLog, at millis: Int64) {
        func message(_ name: String, _ row: FeatureAudit.Row?) -> JSONValue {
            let decision = log.decisions[name]
            return .object([
                "feature": .string(name), "project": .string(audit.project),
                "time": .integer(millis), "model": .string(audit.model),
                "state": .string(log.state(of: name).rawValue),
                "since": decision.map { .integer($0.millis) } ?? .null,
                "reason": decision.map { .string($0.reason) } ?? .null,
                "proven": .bool(decision?.proof != nil),
                "flagged": .bool(row?.verdict.isFlag ?? false),
                "verdict": row.map { .string($0.verdict.code) } ?? .null,
                "why": row.map { .string($0.verdict.sentence) } ?? .null,
                "saved_bytes": row.map { .integer(Int64($0.cost.savedBytes)) } ?? .null,
            ])
        }
        let judged = audit.rows.map { ($0.evidence.name, message($0.evidence.name, $0)) }
        let names = Set(judged.map(\.0))
        let others = log.decisions.keys.sorted().filter { !names.contains($0) }
        messages = judged + others.map { ($0, message($0, nil)) }
    }

    var count: Int { messages.count }

    /// Sends them, and waits until all are acknowledged.
    func publish(for file: ProjectFile) throws {
        var output = try TopicOutput(file.clientProperties, waiting: Self.patience)
        let topic = try output.topic(file.topic(.features))
        var key = ByteWriter()
        var value = ByteWriter()
        for (name, message) in messages {
            key.removeAll()
            value.removeAll()
            key.append(name)
            key.append("/verdict")
            message.write(to: &value)
            try output.send(to: topic, key: key, value: value, timestampMillis: 0)
        }
        try output.finish()
    }
}
