internal import Events
internal import Features
internal import Model
internal import Pipeline
internal import Project
internal import Training

/// Examples of a history: the vectors that the service would have scored, each with its label.
struct TrainingSet {
    /// Its matrix is taken when it is fitted.
    var table: ExampleTable
    let plan: FeaturePlan
    let eventCount: UInt64
    /// Examples of the last events, whose missing labels may yet come.
    let immatureCount: Int
    /// What the replay did at its limits.
    let limits: LimitCounts
    /// Of the examples, if folds are to hold whole ones.
    private(set) var entities: ExampleValues?
    /// What segments are made by, besides numeric inputs.
    private(set) var fields: [ExampleValues] = []
    /// What evaluating features costs, if there is a budget of time.
    private(set) var meter: FeatureMeter?

    /// Runs the service's steps over the files.
    static func replay(_ project: ProjectFile, _ command: TrainCommand) throws -> TrainingSet {
        guard let labels = project.labels, !command.source.labels.isEmpty else {
            throw Failure(.usage, "expected --labels, and a section `labels` in the project file")
        }
        let plan = try project.plan()
        let empty = SparseModel(space: plan.space, loss: project.model.loss, version: "none")
        var inputs = try ReplayInputs(project, command.source, model: empty)
        var settings = inputs.settings
        settings.reasonsMax = 0
        // Nobody reads what the service would tell of the features and of its own predictions.
        (settings.observation, settings.watch, settings.validationExamplesMax) = (nil, nil, 1)
        var outputs = try ReplayOutputs(settings: settings)
        if command.choose.cost == .latency { outputs.meter = FeatureMeter(plan: plan) }
        var replay = try Replay(
            settings, events: inputs.events, labels: inputs.labels,
            delayed: inputs.takeTable()?.labels, outputs: outputs)
        replay.keepsExamples = true
        replay.fields = try command.eventFields(of: plan)
        var progress = ProgressLine(unit: "events")
        try replay.run(&progress)
        progress.clear()
        let status = replay.pipeline.status
        // Where silence stands for a negative, the last events have positive labels alone.
        let isSilent = status.counts.matured > 0 && labels.silence == .negative
        let end = isSilent ? (status.clock ?? .max) - labels.maturityMillis : .max
        var log = replay.takeExamples()
        let (fields, meter) = (replay.fields, replay.outputs.meter)
        // Windows and labels are not held beside the table.
        _ = consume replay
        let immatureCount = log.count(after: end)
        guard log.count > immatureCount else {
            throw Failure(
                .data,
                "found no labelled events among \(status.counts.events); expected labels of"
                    + " these events by the project's `labels`")
        }
        let table = log.takeTable(
            from: command.from?.millis ?? .min,
            through: min(end, command.until.map { $0.millis - 1 } ?? .max))
        var values = fields.map { $0.values(ofEvents: table.ids) }
        let entities = command.entity == nil ? nil : values.removeFirst()
        return TrainingSet(
            table: table, plan: plan, eventCount: status.counts.events,
            immatureCount: immatureCount, limits: LimitCounts(status), entities: entities,
            fields: values, meter: meter)
    }

    /// Nanoseconds of evaluating the features of columns and those that they are made from, moving
    /// windows and waiting for memory aside; 0 where nobody measured.
    func evaluationNanos(weighing columns: [Int]) -> Double {
        guard let meter else { return 0 }
        let weighed = Set(columns.map(feature(ofColumn:)))
        return plan.computing(weighed).features.reduce(0) { total, feature in
            feature.need == .skipped ? total : total + (meter.cost(of: feature.name)?.nanos ?? 0)
        }
    }

    /// The name of a column: the feature's, with the bucket of a hashed one.
    func name(ofColumn column: Int) -> String {
        let index = table.indices[column]
        let name = plan.layout.name(of: index)
        return plan.space.block(of: index) == nil ? name : "\(name)#\(bucket(ofColumn: column))"
    }

    /// The bucket that a column of a hashed feature is for.
    ///
    /// - Precondition: it is one.
    func bucket(ofColumn column: Int) -> Int {
        let index = table.indices[column]
        guard let block = plan.space.block(of: index) else { preconditionFailure("no bucket") }
        return Int(index) - plan.space.buckets(ofBlock: block).lowerBound
    }

    /// The feature that a column belongs to.
    func feature(ofColumn column: Int) -> String { plan.layout.name(of: table.indices[column]) }
}
