internal import Features
internal import Kafka
internal import Pipeline
internal import Project
internal import Registry
internal import Worker

/// A service's predictions, derived again from the log.
struct Rederivation {
    private let settings: WorkerSettings
    private var pipeline: PipelineSettings
    private let first: EventBound?

    /// - Parameters:
    ///   - snapshots: their directory, where it is not the project's.
    ///   - first: the first events of interest.
    init(
        _ project: ProjectFile, model: String?, snapshots: String?, from first: EventBound?
    ) throws {
        let plan = try project.plan()
        let project = try MemoryBudget.ofService(project, plan)?.bounded() ?? project
        pipeline = try project.servingSettings(plan, model: model)
        // Neither has a part in predictions.
        pipeline.observation = nil
        var settings = project.workerSettings(plan)
        if model == nil, let registry = project.model.registry {
            let source = try FollowedAlias(registry, of: project, for: plan)
            let scorer = try source.loadNewest(of: source.registry.read()).scorer
            settings.models = source.slot(beginningWith: scorer.model)
        }
        if let snapshots { settings.snapshotFolder = SnapshotFolder(snapshots) }
        self.settings = settings
        self.first = first
    }

    /// The same, with the values of all features in each message.
    var withFeatures: Rederivation {
        var other = self
        other.pipeline.publishesFeatures = true
        return other
    }

    /// Derives every prediction of every task, or those of batches behind a snapshot.
    ///
    /// - Parameter show: gets how many records were stepped through.
    /// - Returns: the first batch of each task that had to begin with a snapshot.
    @discardableResult
    func derive(
        _ body: (Receipt, Outbox.Message, borrowing Outbox) -> Void,
        show: (Int) -> Void
    ) throws -> [Int: UInt64] {
        do {
            return try deriveAll(body, show: show)
        } catch WorkerError.recovery(.snapshotMissing(let missing)) {
            throw Failure(.data, "\(missing) \(Self.advice(missing))")
        }
    }

    /// What can be verified all the same.
    private static func advice(_ missing: MissingSnapshot) -> String {
        guard let earliest = missing.earliest else {
            return "Keep snapshots (`delivery: {snapshots: DIRECTORY}`), or name a directory that "
                + "holds older ones with --snapshots."
        }
        // Times are written in whole seconds.
        let time = CalendarTime(millis: (earliest.timeMillis + 999) / 1_000 * 1_000)
        return "There is one for --from offset:\(earliest.offset), or --from \(time.rfc3339), and "
            + "what is later; for what is earlier, name a directory that holds older ones with "
            + "--snapshots."
    }

    private func deriveAll(
        _ body: (Receipt, Outbox.Message, borrowing Outbox) -> Void,
        show: (Int) -> Void
    ) throws -> [Int: UInt64] {
        var snapshots: [Int: UInt64] = [:]
        var replay = try JournalReplay(settings, pipeline: pipeline)
        var before = 0
        for (number, partitions) in try replay.tasks().sorted(by: { $0.key < $1.key }) {
            var records = 0
            snapshots[number] = try replay.run(number, over: partitions, from: first) {
                outbox, stepped in
                records = stepped
                for message in outbox.messages where message.destination == .predictions {
                    guard let receipt = Receipt(message, of: outbox) else { continue }
                    body(receipt, message, outbox)
                }
                show(before + records)
            }
            before += records
        }
        return snapshots
    }
}
