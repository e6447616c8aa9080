internal import Features
internal import HTTP
internal import JSON
internal import Pipeline
internal import Project
internal import Synchronization
internal import Webhooks
internal import Worker

/// What the service shows over HTTP: the workers' states, and what the command found out last.
final class ServiceBoard: ServiceView {
    /// What takes too long to be made for every request, or is of a stretch of time.
    struct Findings: Sendable {
        var eventsPerSecond = 0.0
        var quality = Quality([])
        var model: ModelFollowerStatus?
    }

    let plan: FeaturePlan
    private let project: String
    private let workers: Workers
    private let sender: WebhookSender?
    private let findings = Mutex(Findings())

    /// How long a question about features may wait for a worker.
    private static let patience = Duration.seconds(2)

    init(_ project: ProjectFile, _ plan: FeaturePlan, _ workers: Workers, _ sender: WebhookSender?)
    {
        self.plan = plan
        self.project = project.name
        self.workers = workers
        self.sender = sender
    }

    var catalogue: JSONValue {
        let meters = workers.tasks.compactMap(\.costs)
        let entries = plan.features.map { feature in
            Self.entry(feature, meters.compactMap { $0.cost(of: feature.name) })
        }
        return .object(["features": .array(entries)])
    }

    /// - Parameter costs: by task.
    private static func entry(
        _ feature: FeaturePlan.Feature, _ costs: [FeatureMeter.Cost]
    ) -> JSONValue {
        var cost = FeatureMeter.Cost()
        for own in costs { cost.merge(own) }
        let need =
            switch feature.need {
            case .input: "input of the model"
            case .neededBy(let names): "needed by \(names.joined(separator: ", "))"
            case .skipped: "not computed"
            }
        return .object([
            "name": .string(feature.name), "definition": .string(feature.definition.kind.text),
            "need": .string(need), "computed": .bool(feature.need != .skipped),
            "nanos": cost.samples > 0 ? .optional(cost.nanos) : .null,
            "nanosError": .optional(cost.standardError),
            "samples": .integer(Int64(cost.samples)),
        ])
    }

    func publish(_ findings: Findings) { self.findings.withLock { $0 = findings } }

    var serviceStatus: ServiceStatus {
        var status = workers.status
        status.webhooks = sender?.counts
        return status
    }

    var phase: (name: String, isReady: Bool) {
        let phase = workers.status.phase
        return (phase.rawValue, phase == .running)
    }

    var status: JSONValue {
        let findings = findings.withLock { $0 }
        return serviceStatus.document(
            of: project, eventsPerSecond: findings.eventsPerSecond, quality: findings.quality,
            model: findings.model)
    }

    var metrics: [Metric] {
        let findings = findings.withLock { $0 }
        return serviceStatus.metrics(findings.quality, findings.model)
    }

    // MARK: Questions

    /// Asks every worker: only one knows an entity.
    func answer(_ query: FeatureQuery) async -> LookupReply {
        var reply: LookupReply?
        for control in workers.controls {
            let own = await withCheckedContinuation { continuation in
                control.ask(query) { continuation.resume(returning: $0) }
            }
            reply = reply.map { $0.merged(with: own) } ?? own
        }
        return reply ?? .notServing(.stopped)
    }

    /// Gives up questions that no worker came to. Now and then.
    func expireQuestions() {
        for control in workers.controls {
            control.expireQuestions(before: .now - Self.patience)
        }
    }
}

extension LookupReply {
    /// What two workers say together: an answer before none.
    fileprivate func merged(with other: LookupReply) -> LookupReply {
        switch (self, other) {
        case (.answer(var answer), .answer(let more)):
            answer.merge(more)
            return .answer(answer)
        // One that did not come to it may be the one that knows.
        case (.busy, _), (_, .busy): return .busy
        case (.answer, _): return self
        case (.notServing, _): return other
        }
    }
}
