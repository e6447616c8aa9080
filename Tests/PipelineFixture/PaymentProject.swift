public import Events
internal import Features
internal import Model
public import Pipeline
internal import Training

/// A small project over card payments: windows of two entities, a label window, a category, a
/// ratio.
public struct PaymentProject: Sendable {
    public var publishEvery = 50
    public var maturityMillis: Int64 = 40_000
    public var silence = LabelSettings.Silence.negative
    public var latenessMillis: Int64 = 5_000
    public var publishesFeatures = false
    /// Without windows over terminals every entity is the record's key.
    public var isSpreadByKey = false
    public var scoresOnly = false

    public init() {}

    public static let schema = EventSchema(
        fields: [
            field("id", .string), field("time", .int64), field("customer", .int64),
            field("terminal", .int64), field("amount", .double), field("channel", .string),
        ], id: 0, time: 1, required: [2, 3])

    public static let labelSchema = EventSchema(
        fields: [field("id", .string), field("fraud", .double)], id: 0, time: nil, required: [1])

    private static func field(_ name: String, _ type: FieldType) -> FieldSchema {
        FieldSchema(name: name, path: [name], type: type)
    }

    private var definitions: [FeatureDefinition] {
        let entity = isSpreadByKey ? "customer" : "terminal"
        return [
            FeatureDefinition(name: "amount_value", kind: .value(expression: "amount")),
            Self.window(
                "count", Aggregate(entity: "customer", function: .count, windowMillis: 9_000)),
            Self.window(
                "mean",
                Aggregate(
                    entity: "customer", function: .mean, operand: .expression("amount"),
                    windowMillis: 20_000)),
            Self.window(
                "risk",
                Aggregate(
                    entity: entity, function: .mean, operand: .label, windowMillis: 60_000,
                    otherwise: 0)),
            FeatureDefinition(name: "ratio", kind: .value(expression: "amount / mean")),
            FeatureDefinition(name: "channels", kind: .category(fields: ["channel"], bits: 6)),
        ]
    }

    private static func window(_ name: String, _ aggregate: Aggregate) -> FeatureDefinition {
        FeatureDefinition(name: name, kind: .aggregate(aggregate))
    }

    public func settings() throws -> PipelineSettings {
        let plan = try FeaturePlan(
            schema: Self.schema, definitions: definitions, latenessMillis: latenessMillis,
            labelHorizonMillis: maturityMillis)
        let parameters = OnlineLearner.Parameters(publishEvery: publishEvery)
        let scoring: PipelineSettings.Scoring =
            scoresOnly
            ? .model(SparseModel(space: plan.space, loss: .logistic, version: "fixed"))
            : .learner(parameters, penaltyFactors: [:])
        var settings = PipelineSettings(plan: plan, scoring: scoring)
        settings.limits.latenessMillis = latenessMillis
        settings.limits.entitiesMax = 10_000
        settings.limits.retainedEventsMax = 100_000
        var pending = PendingLabels.Limits()
        pending.pendingMax = 20_000
        pending.vectorBytesMax = 16 << 20
        pending.resolvedMax = 10_000
        settings.labels = LabelSettings(
            schema: Self.labelSchema, value: 1, maturityMillis: maturityMillis, silence: silence,
            pending: pending)
        settings.publishesFeatures = publishesFeatures
        return settings
    }
}
