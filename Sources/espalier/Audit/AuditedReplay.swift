internal import Features
internal import Glibc
internal import Model
internal import Pipeline
internal import Project
internal import Statistics
internal import Training
internal import Usage

/// One replay of a period as an audit needs it.
struct AuditedReplay {
    let plan: FeaturePlan
    let observation: Observation?
    let sample: VectorSample?
    /// What evaluating single features costs.
    let meter: FeatureMeter?
    /// How steady features are; nil where only scores are kept.
    let steadiness: FeatureSteadiness?
    let model: SparseModel
    /// Whether the model was given, rather than learned on the way.
    let isFixedModel: Bool
    let stateCounts: [StateCount]
    let stateBytes: Int
    let events: UInt64
    /// CPU time of this thread, all steps together, reading and decoding included.
    let cpuSeconds: Double
    let judged: ScoredLabels
    /// Every event's score, in order.
    let scores: [Float]

    /// Replays the files of `source`.
    ///
    /// - Parameters:
    ///   - masked: features that the model may not look at.
    ///   - model: scores instead of what the source or the project say.
    init(
        _ file: ProjectFile, _ source: ReplaySource, masked: Set<String> = [],
        model: SparseModel? = nil, keepsScores: Bool = false, progress label: String = "events"
    ) throws {
        let inputs = try ReplayInputs(file, source, masked: masked, model: model)
        var settings = inputs.settings
        if settings.observation == nil { settings.observation = ObservationSettings() }
        settings.observation?.publishEveryMillis = nil
        settings.observation?.threshold = file.model.threshold ?? file.model.loss.auditThreshold
        if keepsScores { settings.observation = nil }
        var outputs = try ReplayOutputs(settings: settings)
        if keepsScores {
            outputs.scores = []
        } else {
            outputs.sample = VectorSample(width: settings.plan.space.numericCount)
            outputs.meter = FeatureMeter(plan: settings.plan)
            outputs.steadiness = settings.observation?.statistics.windowsMillis.last.map {
                FeatureSteadiness(plan: settings.plan, windowMillis: $0)
            }
        }
        var replay = try Replay(
            settings, events: inputs.events, labels: inputs.labels,
            delayed: inputs.table?.labels, outputs: outputs)
        var progress = ProgressLine(unit: label)
        let start = Self.threadSeconds
        try replay.run(&progress)
        cpuSeconds = Self.threadSeconds - start
        progress.clear()
        if Interruption.hasCome { throw Failure(.interrupted, "interrupted") }
        plan = settings.plan
        observation = replay.pipeline.observation
        sample = replay.outputs.sample
        meter = replay.outputs.meter
        steadiness = replay.outputs.steadiness
        self.model = replay.pipeline.model
        isFixedModel = replay.pipeline.learner == nil
        stateCounts = replay.pipeline.stateCounts
        stateBytes = replay.pipeline.status.features.stateBytes
        events = replay.pipeline.counts.events
        judged = replay.pipeline.judgedPredictions()
        scores = replay.outputs.scores ?? []
        guard events > 0 else { throw Failure(.data, "--events: found no event that can be read") }
    }

    private static var threadSeconds: Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}

extension Loss {
    /// From which prediction on an event counts as decided otherwise, where the project says none.
    var auditThreshold: Double? { self == .logistic ? 0.5 : nil }
}
