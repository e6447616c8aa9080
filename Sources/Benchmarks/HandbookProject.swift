import Events
import Features
import Model
import Pipeline
import Training

/// The project that step and worker are measured on: the 15 published features of the Fraud
/// Detection Handbook, over customers and terminals, learned online.
enum HandbookProject {
    static let day: Int64 = 86_400_000

    static let schema = EventSchema(
        fields: [
            FieldSchema(name: "transaction_id", path: ["transaction_id"], type: .int64),
            FieldSchema(name: "timestamp", path: ["timestamp"], type: .int64),
            FieldSchema(name: "customer_id", path: ["customer_id"], type: .int64),
            FieldSchema(name: "terminal_id", path: ["terminal_id"], type: .int64),
            FieldSchema(name: "amount", path: ["amount"], type: .double),
        ], id: 0, time: 1, required: [2, 3])

    static let labelSchema = EventSchema(
        fields: [
            FieldSchema(name: "transaction_id", path: ["transaction_id"], type: .int64),
            FieldSchema(name: "fraud", path: ["fraud"], type: .int64),
        ], id: 0, time: nil, required: [1])

    static let features: [FeatureDefinition] = {
        var features = [
            FeatureDefinition(name: "amount", kind: .value(expression: "amount")),
            FeatureDefinition(name: "weekend", kind: .value(expression: "weekday(time) >= 6")),
            FeatureDefinition(name: "night", kind: .value(expression: "hour(time) <= 6")),
        ]
        for days: Int64 in [1, 7, 30] {
            features += [
                aggregate(
                    "customer_count_\(days)d",
                    .init(
                        entity: "customer_id", function: .count, windowMillis: days * day)),
                aggregate(
                    "customer_mean_\(days)d",
                    .init(
                        entity: "customer_id", function: .mean, operand: .expression("amount"),
                        windowMillis: days * day)),
                aggregate(
                    "terminal_count_\(days)d",
                    .init(
                        entity: "terminal_id", function: .count, windowMillis: days * day,
                        delayMillis: 7 * day)),
                aggregate(
                    "terminal_risk_\(days)d",
                    .init(
                        entity: "terminal_id", function: .mean, operand: .label,
                        windowMillis: days * day, delayMillis: 7 * day, otherwise: 0)),
            ]
        }
        return features
    }()

    private static func aggregate(_ name: String, _ aggregate: Aggregate) -> FeatureDefinition {
        FeatureDefinition(name: name, kind: .aggregate(aggregate))
    }

    /// Events and labels, learned online.
    static func settings() throws -> PipelineSettings {
        let plan = try FeaturePlan(
            schema: schema, definitions: features, labelHorizonMillis: 7 * day)
        var settings = PipelineSettings(
            plan: plan,
            scoring: .learner(OnlineLearner.Parameters(loss: .logistic), penaltyFactors: [:]))
        settings.labels = LabelSettings(
            schema: labelSchema, value: 1, maturityMillis: 8 * day)
        return settings
    }

    /// Events alone, scored by a fixed model in which every one of the features weighs something.
    static func scoringSettings(_ features: [FeatureDefinition]) throws -> PipelineSettings {
        let plan = try FeaturePlan(schema: schema, definitions: features)
        var model = SparseModel(
            space: plan.space, loss: .logistic, version: "fixed", intercept: -4, bound: 40)
        for index in plan.inputs.indices {
            let weight = index.isMultiple(of: 2) ? 0.25 : -0.125
            model.set(weight, at: UInt32(index), Standardization(mean: 10, scale: 20))
        }
        return PipelineSettings(plan: plan, scoring: .model(model))
    }

    /// The 9 features that need no other entity than the customer, by whom payments are keyed.
    static var customerFeatures: [FeatureDefinition] {
        features.filter { !$0.name.hasPrefix("terminal") }
    }
}
