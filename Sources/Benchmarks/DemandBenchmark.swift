import Bytes
import Events
import Features
import Model
import Pipeline

/// What a plan on demand saves: 500 features, of which the model gives 40 a weight.
enum DemandBenchmark {
    private static let weighed = 40
    private static let hour: Int64 = 3_600_000

    static func measure(_ log: borrowing PaymentLog, _ scale: Scale) throws -> [Measurement] {
        var settings = try settings()
        let all = try StepRun(settings, log, scale)
        settings.demand = FeatureDemand()
        let some = try StepRun(settings.computing(also: []), log, scale)
        let bytes = (all.status.features.stateBytes, some.status.features.stateBytes)
        return [
            Measurement(
                "faster on demand", all.events.median / some.events.median, "×", .atLeast(5),
                note: "\(Int(all.events.median)) ns an event, \(Int(some.events.median)) then"),
            Measurement(
                "smaller on demand", Double(bytes.0) / Double(bytes.1), "×", .atLeast(5),
                note: "\(bytes.0 >> 20) MiB of state, \(bytes.1 >> 20) then"),
            Measurement(
                "predictions alike", all.digest == some.digest ? 1 : 0, "", .atLeast(1),
                note: "digest of their bytes"),
        ]
    }

    /// Two entities, two operands, five functions, 25 windows of an hour to 30 days.
    private static var features: [FeatureDefinition] {
        let functions: [(String, Aggregate.Function)] = [
            ("mean", .mean), ("min", .min), ("max", .max), ("stddev", .stddev), ("first", .first),
        ]
        let windows = (0..<25).map { step in hour + Int64(step) * (30 * 24 * hour - hour) / 24 }
        var features: [FeatureDefinition] = []
        for entity in ["customer_id", "terminal_id"] {
            for (operand, expression) in [("amount", "amount"), ("log", "log1p(amount)")] {
                for (name, function) in functions {
                    for (place, window) in windows.enumerated() {
                        let aggregate = Aggregate(
                            entity: entity, function: function, operand: .expression(expression),
                            windowMillis: window)
                        features.append(
                            FeatureDefinition(
                                name: "\(entity)_\(name)_\(operand)_\(place)",
                                kind: .aggregate(aggregate)))
                    }
                }
            }
        }
        return features
    }

    /// The model weighs features drawn at random.
    static func settings() throws -> PipelineSettings {
        let plan = try FeaturePlan(schema: HandbookProject.schema, definitions: features)
        var model = SparseModel(
            space: plan.space, loss: .logistic, version: "fixed", intercept: -4, bound: 40)
        var random = SeededRandom(seed: 5)
        while model.nonZeroCount < weighed {
            let index = UInt32(random.index(below: plan.inputs.count))
            model.set(
                random.normal(), at: index, Standardization(mean: 50, scale: 40))
        }
        return PipelineSettings(plan: plan, scoring: .model(model))
    }
}
