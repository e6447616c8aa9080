import Bytes
import Model
import Sparse
import Training

/// Learning from examples of 12 standardised features.
enum LearnBenchmark {
    private static let features = 12
    private static let examples = 10_000

    private struct Example {
        var vector: SparseVector
        var label: Double
    }

    static func measure(_ scale: Scale) throws -> [Measurement] {
        let examples = makeExamples()
        let passes = max(scale.repetitions / 4, 1)
        let (ftrl, weights) = measureFTRL(examples, passes)
        let (learner, intercept) = try measureLearner(examples, passes)
        return [
            Measurement(
                "FTRL-Proximal", 1e9 / ftrl, "examples/s", .atLeast(1_500_000),
                note: "\(MeasurementTable.number(ftrl)) ns, \(weights) weights not 0"),
            Measurement(
                "online learner", 1e9 / learner, "examples/s",
                note: "\(MeasurementTable.number(learner)) ns scaled; intercept \(intercept)"),
        ]
    }

    private static func measureFTRL(_ examples: [Example], _ passes: Int) -> (Double, Int) {
        var ftrl = FTRLProximal(width: features, parameters: .init())
        var samples = Samples()
        for _ in 0..<passes {
            let start = ThreadTime.now()
            for example in examples {
                let margin = ftrl.margin(of: example.vector)
                let gradient = Loss.logistic.gradient(atMargin: margin, label: example.label)
                ftrl.learn(example.vector, gradient: gradient)
            }
            samples.append(ThreadTime.now() - start, over: examples.count)
        }
        return (samples.median, ftrl.nonZeroCount)
    }

    private static func measureLearner(
        _ examples: [Example], _ passes: Int
    ) throws -> (Double, Double) {
        guard let space = FeatureSpace(numericCount: features) else {
            throw ScoreBenchmark.SpaceTooWide()
        }
        var learner = OnlineLearner(space: space, parameters: .init())
        var samples = Samples()
        for _ in 0..<passes {
            let start = ThreadTime.now()
            for example in examples { learner.learn(example.vector, label: example.label) }
            samples.append(ThreadTime.now() - start, over: examples.count)
        }
        var model = learner.emptyModel()
        learner.publish(into: &model)
        return (samples.median, model.intercept)
    }

    /// Half of the features tell of the label, one example in ten is positive.
    private static func makeExamples() -> [Example] {
        var random = SeededRandom(seed: 2)
        return (0..<examples).map { _ in
            let label = random.happens(0.1) ? 1.0 : 0
            var vector = SparseVector()
            for index in 0..<features {
                let shift = index.isMultiple(of: 2) ? label : 0
                vector.append(UInt32(index), random.normal() + shift)
            }
            return Example(vector: vector, label: label)
        }
    }
}
