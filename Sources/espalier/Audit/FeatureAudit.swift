internal import Features
internal import Model
internal import Pipeline
internal import Project
internal import Statistics
internal import Usage

/// The audit of all features of a project over a period.
struct FeatureAudit {
    /// One feature with what is known and said of it.
    struct Row {
        let evidence: FeatureEvidence
        let verdict: Verdict
        let state: PruningState
    }

    let project: String
    let model: String
    let events: UInt64
    let stateBytes: Int
    /// What could be saved first.
    let rows: [Row]
    let skipped: [String]

    init(
        _ file: ProjectFile, _ replay: AuditedReplay, _ log: PruningLog,
        limits: AuditLimits = AuditLimits()
    ) throws {
        guard let observation = replay.observation else {
            throw Failure(.fault, "an audit without statistics")
        }
        let plan = replay.plan
        let statistics = observation.statistics.settled()
        let total = observation.usage.total
        let twins = Self.twins(replay, total, limits)
        var rows: [Row] = []
        for (column, kept) in statistics.columns.enumerated() where kept.source != .score {
            var evidence = FeatureEvidence(
                name: kept.name, summary: statistics.summary(of: column, over: .lifetime))
            let windows = statistics.settings.windowsMillis.count
            if windows > 0 {
                evidence.recent = statistics.summary(
                    of: column, over: .closed(window: windows - 1))
            }
            if let input = plan.inputs.firstIndex(of: kept.name) {
                evidence.usage = total.inputs[input]
                evidence.share = total.share(of: input)
                evidence.isWeighed =
                    replay.model.nonZeroCount(in: plan.indices(ofInput: input)) > 0
            }
            evidence.twin = twins[kept.name]
            evidence.isLocked = file.isLocked(kept.name)
            evidence.neededBy = Self.usedBy(kept.name, plan, total, replay.model)
            evidence.savedBytes = try Self.savedBytes(kept.name, file, replay)
            evidence.events = replay.events
            rows.append(
                Row(
                    evidence: evidence, verdict: Verdict(evidence, limits: limits),
                    state: log.state(of: kept.name)))
        }
        project = file.name
        model = replay.model.version
        events = replay.events
        stateBytes = replay.stateBytes
        self.rows = rows.sorted(by: Self.precedes)
        skipped = plan.features.filter { $0.need == .skipped }.map(\.name)
    }

    var flagged: [Row] { rows.filter(\.verdict.isFlag) }

    /// Flags first, then by bytes saved, by share, by name.
    private static func precedes(_ a: Row, _ b: Row) -> Bool {
        if a.verdict.isFlag != b.verdict.isFlag { return a.verdict.isFlag }
        let (x, y) = (a.evidence, b.evidence)
        if x.savedBytes != y.savedBytes { return x.savedBytes > y.savedBytes }
        if x.share != y.share { return a.verdict.isFlag ? x.share < y.share : x.share > y.share }
        return x.name < y.name
    }

    /// Of two that tell the same, the one that moves the score less goes; of equals the later one.
    private static func twins(
        _ replay: AuditedReplay, _ total: ModelUsage, _ limits: AuditLimits
    ) -> [String: (name: String, correlation: Double)] {
        let inputs = replay.plan.inputs
        let pairs = replay.sample?.correlated(atLeast: limits.correlationMin) ?? []
        func goesBefore(_ a: Int, _ b: Int) -> Bool {
            let (x, y) = (total.inputs[a].moved, total.inputs[b].moved)
            return x != y ? x < y : a > b
        }
        var twins: [String: (name: String, correlation: Double)] = [:]
        for pair in pairs {
            let firstGoes = goesBefore(pair.first, pair.second)
            let (goes, stays) =
                firstGoes ? (pair.first, pair.second) : (pair.second, pair.first)
            let known = twins[inputs[goes]].flatMap { inputs.firstIndex(of: $0.name) }
            if known.map({ goesBefore($0, stays) }) ?? true {
                twins[inputs[goes]] = (inputs[stays], pair.correlation)
            }
        }
        return twins
    }

    /// Features that are used and computed from this one.
    private static func usedBy(
        _ name: String, _ plan: FeaturePlan, _ total: ModelUsage, _ model: SparseModel
    ) -> [String] {
        plan.dependents(of: name).filter { dependent in
            plan.inputs.firstIndex(of: dependent).map { total.inputs[$0].weighed > 0 } ?? false
        }
    }

    private static func savedBytes(
        _ name: String, _ file: ProjectFile, _ replay: AuditedReplay
    ) throws -> Int {
        guard !replay.plan.stateCosts.isEmpty else { return 0 }
        let without = try file.plan(masked: [name])
        return replay.plan.bytesSaved(by: without, at: replay.stateCounts)
    }
}

extension ProjectFile {
    /// Whether the file keeps a feature whatever an audit says: a lock, no penalty, a reader.
    fileprivate func isLocked(_ feature: String) -> Bool {
        rules[feature]?.lock == .keep || model.learning.penalties[feature] == 0
            || model.readers.values.contains { $0.contains(feature) }
    }
}
