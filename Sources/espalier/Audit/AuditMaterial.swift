internal import Drift
internal import Features
internal import Model
internal import Pipeline
internal import Project
internal import Statistics
internal import Usage

/// What an audit judges by, wherever it was seen: in a replay, or by the running service.
struct AuditMaterial {
    /// One computed feature.
    struct Feature {
        var name: String
        /// Over all events.
        var summary: FeatureSummary
        /// Over the longest tumbling window that closed last; nil before one has.
        var recent: FeatureSummary?
        /// How many times the threshold that window is from the rest, where it drifts; else nil.
        var drift: Double?
        /// By all models together; nil where it is no input.
        var usage: UsageCounts?
        /// Whether the model weighs it now.
        var isWeighed = false
        /// Who has read it lately, besides those that the project names.
        var consumers: [String] = []
    }

    let plan: FeaturePlan
    var features: [Feature]
    /// Numeric inputs of some events; nil where nobody tells them.
    var sample: VectorSample?
    /// What evaluating features costs; nil where nobody measured it.
    var meter: FeatureMeter?
    var model: String
    var events: UInt64
    var state: [StateCount]
    var stateBytes: Int

    /// The sum of |contribution| of all inputs.
    var moved: Double { features.reduce(0) { $0 + ($1.usage?.moved ?? 0) } }
}

extension AuditMaterial {
    /// As a replay has it.
    init(_ replay: AuditedReplay, policy: DriftPolicy) throws(Failure) {
        guard let observation = replay.observation else {
            throw Failure(.fault, "an audit without statistics")
        }
        let plan = replay.plan
        let statistics = observation.statistics.settled()
        let total = observation.usage.total
        let longest = statistics.settings.windowsMillis.indices.last
        var features: [Feature] = []
        for (column, kept) in statistics.columns.enumerated() where kept.source != .score {
            var feature = Feature(
                name: kept.name, summary: statistics.summary(of: column, over: .lifetime))
            if let longest {
                feature.recent = statistics.summary(of: column, over: .closed(window: longest))
            }
            if let input = plan.inputs.firstIndex(of: kept.name) {
                feature.usage = total.inputs[input]
                feature.isWeighed =
                    replay.model.nonZeroCount(in: plan.indices(ofInput: input)) > 0
            }
            features.append(feature)
        }
        let report = DriftReport(
            features.compactMap { feature in
                guard let recent = feature.recent?.profile, recent.events > 0 else { return nil }
                var whole = feature.summary.profile
                whole.designEffect = replay.steadiness?.designEffect(of: feature.name) ?? 1
                // Both are of windows of other lengths.
                whole.distinct = nil
                whole.unseen = nil
                return (name: feature.name, baseline: whole, window: recent)
            }, policy: policy)
        let drifts = Dictionary(
            uniqueKeysWithValues: report.drifting.map { ($0.name, $0.verdict.severity) })
        for place in features.indices { features[place].drift = drifts[features[place].name] }
        self.init(
            plan: plan, features: features, sample: replay.sample, meter: replay.meter,
            model: replay.model.version, events: replay.events, state: replay.stateCounts,
            stateBytes: replay.stateBytes)
    }
}
