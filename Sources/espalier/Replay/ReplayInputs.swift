internal import Events
internal import Features
internal import Model
internal import Pipeline
internal import Project
internal import Registry

/// What a replay reads, opened, and the settings of its pipeline.
struct ReplayInputs {
    var settings: PipelineSettings
    let events: [ReplayFile]
    /// Label files with a time of their own.
    let labels: [ReplayFile]
    /// Labels without one.
    private(set) var table: LabelTable?

    /// Judged predictions that the report is about: 67 MB of memory at most.
    private static let judgedMax = 1 << 22

    /// - Parameters:
    ///   - masked: features that the model may not look at.
    ///   - model: scores instead of what the options or the project say.
    init(
        _ project: ProjectFile, _ source: ReplaySource, masked: Set<String> = [],
        model: SparseModel? = nil
    ) throws {
        guard !source.events.isEmpty else {
            throw Failure(.usage, "expected at least one file of --events")
        }
        let plan = try project.plan(masked: masked)
        let scorer = try model ?? Self.scorer(project, source, plan)
        var settings = try project.pipelineSettings(plan, scorer: scorer)
        settings.validationExamplesMax = Self.judgedMax
        self.settings = settings
        let limits = settings.decodeLimits
        let schema = plan.schema
        guard let timeSlot = schema.time else {
            throw Failure(
                .configuration,
                "\(source.project): found events without `time`, whose time is the record's; "
                    + "expected `time`, since records of files have none")
        }
        events = try source.events.enumerated().map { number, path in
            try ReplayFile(
                path, stream: .events, number: number, format: source.format, schema: schema,
                time: (schema.fields[timeSlot], schema.timeUnit), limits: limits)
        }
        guard let labelSettings = settings.labels else {
            guard source.labels.isEmpty else {
                throw Failure(.usage, "--labels: \(source.project) has no section `labels`")
            }
            labels = []
            table = nil
            return
        }
        if let delay = source.labelsAfter {
            table = try Self.table(source, labelSettings, project.model.loss, delay, limits)
            labels = []
        } else {
            table = nil
            labels = try Self.timedFiles(source, labelSettings.schema, limits)
        }
    }

    /// Gives the labels away, so that they are held once while events take theirs.
    mutating func takeTable() -> LabelTable? {
        defer { table = nil }
        return table
    }

    /// The model that was asked for, or what the service would score with; nil for one that learns.
    private static func scorer(
        _ project: ProjectFile, _ source: ReplaySource, _ plan: FeaturePlan
    ) throws -> SparseModel? {
        if let path = source.model ?? project.fixedModelPath {
            return try SparseModel(artifact: path, for: plan)
        }
        guard let registry = project.model.registry else { return nil }
        let alias = try FollowedAlias(registry, of: project, for: plan)
        return try alias.loadNewest(of: alias.registry.read()).scorer.model
    }

    private static func table(
        _ source: ReplaySource, _ settings: LabelSettings, _ loss: Loss, _ delay: EventDuration,
        _ limits: DecodeLimits
    ) throws -> LabelTable {
        var table = LabelTable(delayMillis: delay.millis)
        for path in source.labels {
            try table.read(
                path, format: source.format, settings: settings, loss: loss, limits: limits)
        }
        return table
    }

    private static func timedFiles(
        _ source: ReplaySource, _ schema: EventSchema, _ limits: DecodeLimits
    ) throws -> [ReplayFile] {
        guard !source.labels.isEmpty else { return [] }
        var time = schema.time.map { (field: schema.fields[$0], unit: schema.timeUnit) }
        if let name = source.labelsTime {
            let field = FieldSchema(
                name: name, path: name.split(separator: ".").map(String.init),
                type: source.labelsTimeUnit == .rfc3339 ? .string : .int64)
            time = (field, source.labelsTimeUnit)
        }
        guard let time else {
            throw Failure(
                .usage,
                "--labels: found no time of labels; expected --labels-after 7d, "
                    + "--labels-time FIELD, or `time` in the project's `labels`")
        }
        return try source.labels.enumerated().map { number, path in
            try ReplayFile(
                path, stream: .labels, number: number, format: source.format, schema: schema,
                time: time, limits: limits)
        }
    }
}
