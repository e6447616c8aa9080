import Events
import Features
import Model
import Pipeline
import Training

/// The published handbook's features as a project.
enum HandbookProject {
    static let dayMillis: Int64 = 86_400_000

    static let schema = EventSchema(
        fields: [
            field("transaction_id", .int64), field("timestamp", .int64),
            field("customer_id", .int64), field("terminal_id", .int64), field("amount", .double),
        ], id: 0, time: 1, required: [2, 3])

    static let labelSchema = EventSchema(
        fields: [field("transaction_id", .int64), field("fraud", .double)], id: 0, time: nil,
        required: [1])

    private static func field(_ name: String, _ type: FieldType) -> FieldSchema {
        FieldSchema(name: name, path: [name], type: type)
    }

    /// The amount, then the fourteen in the order of the published file.
    static let definitions: [FeatureDefinition] = {
        var definitions = [
            FeatureDefinition(name: "amount_value", kind: .value(expression: "amount")),
            FeatureDefinition(name: "weekend", kind: .value(expression: "weekday(time) >= 6")),
            FeatureDefinition(name: "night", kind: .value(expression: "hour(time) <= 6")),
        ]
        let days: [Int64] = [1, 7, 30]
        for day in days {
            definitions += [
                aggregate("customer_count_\(day)d", "customer_id", .count, .event, day),
                aggregate(
                    "customer_mean_\(day)d", "customer_id", .mean, .expression("amount"), day),
            ]
        }
        for day in days {
            definitions += [
                aggregate("terminal_count_\(day)d", "terminal_id", .count, .event, day, delay: 7),
                aggregate("terminal_risk_\(day)d", "terminal_id", .mean, .label, day, delay: 7),
            ]
        }
        return definitions
    }()

    private static func aggregate(
        _ name: String, _ entity: String, _ function: Aggregate.Function,
        _ operand: Aggregate.Operand, _ days: Int64, delay: Int64 = 0
    ) -> FeatureDefinition {
        FeatureDefinition(
            name: name,
            kind: .aggregate(
                Aggregate(
                    entity: entity, function: function, operand: operand,
                    windowMillis: days * dayMillis, delayMillis: delay * dayMillis, otherwise: 0)))
    }

    static func settings(
        _ parameters: OnlineLearner.Parameters = .init()
    ) throws -> PipelineSettings {
        let plan = try FeaturePlan(
            schema: schema, definitions: definitions, labelHorizonMillis: 7 * dayMillis)
        var settings = PipelineSettings(
            plan: plan, scoring: .learner(parameters, penaltyFactors: [:]))
        settings.labels = LabelSettings(
            schema: labelSchema, value: 1, maturityMillis: 7 * dayMillis)
        return settings
    }
}
