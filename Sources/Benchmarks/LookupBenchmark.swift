import Bytes
import Events
import Features
import Model
import Pipeline

/// Features of one entity as they are now, asked between two events: what a worker's thread does
/// for a question over HTTP.
enum LookupBenchmark {
    private static let day: Int64 = 86_400_000
    private static let customers: Int64 = 5_000
    private static let lookupsPerBlock = 2_000

    static func measure(_ log: borrowing PaymentLog, _ scale: Scale) throws -> [Measurement] {
        let plan = try FeaturePlan(schema: HandbookProject.schema, definitions: features)
        guard let slot = plan.schema.fields.firstIndex(where: { $0.name == "customer_id" }) else {
            return []
        }
        let model = SparseModel(space: plan.space, loss: .logistic, version: "fixed")
        var pipeline = try EventPipeline(PipelineSettings(plan: plan, scoring: .model(model)))
        var outbox = Outbox()
        var samples = Samples()
        var random = SeededRandom(seed: 3)
        var known = 0
        let warm = log.warmBlocks(scale)
        for (number, block) in log.blocks.enumerated() {
            StepRun.step(&pipeline, log, log.events, block.events, &outbox)
            outbox.removeAll()
            guard number >= warm else { continue }
            let start = ThreadTime.now()
            for _ in 0..<lookupsPerBlock {
                let customer = Int64(random.index(below: Int(customers)))
                let answer = pipeline.answer(
                    FeatureQuery(
                        consumer: "benchmark", features: Array(plan.features.indices),
                        rows: [[.init(slot: slot, value: .integer(customer))]]))
                known += answer.rows[0].isKnown ? 1 : 0
            }
            samples.append(ThreadTime.now() - start, over: lookupsPerBlock)
        }
        return [
            Measurement(
                "lookups, 100 features of one customer", 1e9 / samples.median, "lookups/s",
                .atLeast(20_000), note: "\(Int(samples.median)) ns; \(known) found; without HTTP")
        ]
    }

    /// Five functions over twenty windows.
    private static var features: [FeatureDefinition] {
        let functions: [(String, Aggregate.Function)] = [
            ("count", .count), ("mean", .mean), ("sum", .sum), ("min", .min), ("max", .max),
        ]
        return functions.flatMap { name, function in
            (1...20).map { days in
                FeatureDefinition(
                    name: "\(name)_\(days)d",
                    kind: .aggregate(
                        Aggregate(
                            entity: "customer_id", function: function,
                            operand: .expression("amount"), windowMillis: Int64(days) * day)))
            }
        }
    }
}
