import Bytes
import CAllocationCounter
import Model
import Sparse
import TestSupport
import Testing

@testable import Training

/// Examples with two numbers that matter, one constant, values missing now and then, one category.
private struct Stream {
    var random: SeededGenerator
    let space: FeatureSpace

    init(_ seed: UInt64) throws {
        random = SeededGenerator(seed)
        space = try #require(FeatureSpace(numericCount: 6, blockBits: [5]))
    }

    mutating func next() -> (vector: SparseVector, label: Double) {
        var vector = SparseVector()
        var margin = -1.0
        for index in UInt32(0)..<6 {
            let drawn = Double.random(in: -10...10, using: &random) + Double(index)
            let value = index == 5 ? 3 : drawn
            switch Int.random(in: 0..<8, using: &random) {
            case 0: continue
            case 1: vector.append(index, .nan)
            default:
                vector.append(index, value)
                margin += index == 0 ? value * 0.4 : index == 1 ? -value * 0.2 : 0
            }
        }
        let category = UInt64.random(in: 0..<40, using: &random)
        vector.append(space.index(block: 0, hash: category), 1)
        if category == 7 { margin += 4 }
        let chance = Loss.logistic.prediction(atMargin: margin)
        return (vector, Double.random(in: 0...1, using: &random) < chance ? 1 : 0)
    }
}

struct OnlineLearnerTests {
    private static let parameters = OnlineLearner.Parameters(publishEvery: 100)

    private func frame(_ learner: OnlineLearner) -> [UInt8] {
        var writer = ByteWriter()
        learner.append(to: &writer)
        return writer.copy()
    }

    private func frame(_ model: SparseModel) -> [UInt8] {
        var writer = ByteWriter()
        model.append(to: &writer)
        return writer.copy()
    }

    @Test(arguments: UInt64(0)..<5) func publishingInPlaceEqualsCompilingAnew(seed: UInt64) throws {
        var stream = try Stream(seed)
        var learner = OnlineLearner(space: stream.space, parameters: Self.parameters)
        var model = learner.emptyModel()
        for step in 1...1_000 {
            let example = stream.next()
            learner.learn(example.vector, label: example.label)
            #expect(learner.publicationIsDue == (step % 100 == 0))
            guard learner.publicationIsDue else { continue }
            learner.publish(into: &model)
            #expect(model.version == "online-\(step)")
            #expect(frame(model) == frame(learner.makeModel()))
        }
        #expect(model.nonZeroCount > 3)
    }

    /// The published model says of a vector what the learner would.
    @Test func theModelScoresAsTheLearnerDoes() throws {
        var stream = try Stream(1)
        var learner = OnlineLearner(space: stream.space, parameters: Self.parameters)
        for _ in 0..<500 {
            let example = stream.next()
            learner.learn(example.vector, label: example.label)
        }
        let model = learner.makeModel()
        for _ in 0..<100 {
            let vector = stream.next().vector
            var margin = learner.ftrl.intercept
            for (index, value) in zip(vector.indices, vector.values) where value.isFinite {
                let z =
                    index < 6
                    ? learner.scaler.standardization(at: Int(index))
                        .standardized(value, bound: 40) : value
                margin += learner.ftrl.weight(at: Int(index)) * z
            }
            #expect(abs(model.margin(of: vector) - margin) < 1e-9)
        }
    }

    @Test func learnsWhatMatters() throws {
        var stream = try Stream(2)
        var learner = OnlineLearner(
            space: stream.space,
            parameters: .init(ftrl: .init(alpha: 0.3, beta: 1, l1: 5, l2: 0), publishEvery: 100))
        var model = learner.emptyModel()
        var tested = ScoredLabels()
        for step in 0..<20_000 {
            let example = stream.next()
            if step >= 10_000 {
                tested.append(score: model.score(example.vector), label: example.label)
            }
            learner.learn(example.vector, label: example.label)
            if learner.publicationIsDue { learner.publish(into: &model) }
        }
        #expect(try #require(tested.rocArea) > 0.85)
        let seventh = Int(stream.space.index(block: 0, hash: 7))
        let largest = stream.space.buckets(ofBlock: 0).max {
            abs(learner.ftrl.weight(at: $0)) < abs(learner.ftrl.weight(at: $1))
        }
        #expect(largest == seventh)
        #expect(learner.ftrl.weight(at: 5) == 0)
    }

    @Test func theFrameResumesBitForBit() throws {
        var stream = try Stream(3)
        var learner = OnlineLearner(space: stream.space, parameters: Self.parameters)
        var model = learner.emptyModel()
        func run(
            _ learner: inout OnlineLearner, _ model: inout SparseModel, _ stream: inout Stream
        ) {
            for _ in 0..<350 {
                let example = stream.next()
                learner.learn(example.vector, label: example.label)
                if learner.publicationIsDue { learner.publish(into: &model) }
            }
        }
        run(&learner, &model, &stream)
        let (saved, savedModel) = (frame(learner), frame(model))
        var again = try OnlineLearner(
            restoring: unsafe saved.span.bytes, space: stream.space, parameters: Self.parameters)
        var modelAgain = try SparseModel(
            restoring: unsafe savedModel.span.bytes, space: stream.space)
        var streamAgain = stream
        run(&learner, &model, &stream)
        run(&again, &modelAgain, &streamAgain)
        #expect(frame(again) == frame(learner))
        #expect(frame(modelAgain) == frame(model))
    }

    /// Written, read and compiled, the weights score the same bits.
    @Test func theArtifactScoresTheSame() throws {
        var stream = try Stream(8)
        var learner = OnlineLearner(space: stream.space, parameters: Self.parameters)
        learner.setPenaltyFactor(0, at: 2)
        for _ in 0..<700 {
            let example = stream.next()
            learner.learn(example.vector, label: example.label)
        }
        let names = (0..<6).map {
            FeatureLayout.Feature(name: "n\($0)", kind: .numeric, definition: "d")
        }
        let category = FeatureLayout.Feature(name: "c", kind: .category(bits: 5), definition: "e")
        let layout = try #require(FeatureLayout([category] + names))
        let written = try learner.makeArtifact(
            name: "online", layout: layout, data: .init(examples: 0), metrics: ["rocArea": 0.5],
            locks: ["n2"])
        #expect(written.content.data.examples == 700)
        #expect(abs(written.content.objective.lambda - 1.0 / 700) < 1e-18)
        let read = try ModelArtifact(
            parsing: unsafe written.bytes.span.bytes, expected: written.version)
        let compiled = try SparseModel(read, for: layout)
        let direct = learner.makeModel()
        #expect(compiled.nonZeroCount == direct.nonZeroCount)
        for _ in 0..<200 {
            let vector = stream.next().vector
            #expect(compiled.margin(of: vector) == direct.margin(of: vector))
        }
    }

    @Test func aStateOfAnotherProjectIsRefused() throws {
        let stream = try Stream(4)
        let learner = OnlineLearner(space: stream.space, parameters: Self.parameters)
        let bytes = frame(learner)
        var others = [Self.parameters, Self.parameters, Self.parameters]
        others[0].bound = 3
        others[1].ftrl.l1 = 7
        others[2].loss = .squared
        for parameters in others {
            #expect(throws: FormatError.self) {
                try OnlineLearner(
                    restoring: unsafe bytes.span.bytes, space: stream.space, parameters: parameters)
            }
        }
        let narrower = try #require(FeatureSpace(numericCount: 5, blockBits: [5]))
        #expect(throws: FormatError.self) {
            try OnlineLearner(
                restoring: unsafe bytes.span.bytes, space: narrower, parameters: Self.parameters)
        }
        for place in stride(from: 0, to: bytes.count, by: 7) {
            var flipped = bytes
            flipped[place] ^= 0x10
            #expect(throws: FormatError.self) {
                try OnlineLearner(
                    restoring: unsafe flipped.span.bytes, space: stream.space,
                    parameters: Self.parameters)
            }
        }
    }

    @Test func hostileExamplesLeaveTheLearnerFinite() throws {
        let stream = try Stream(5)
        for loss in Loss.allCases {
            var learner = OnlineLearner(space: stream.space, parameters: .init(loss: loss))
            let values = [0, 1e308, -1e308, .nan, .infinity, 1e-308]
            for label in [0, 1, 1e308, -1e308, .nan, .infinity] {
                for weight in [1, 1e300, 1e9, 0, -1, .nan] {
                    let vector = SparseVector(indices: [0, 1, 2, 3, 4, 6], values: values)
                    learner.learn(vector, label: label, weight: weight)
                    learner.learn(
                        SparseVector(indices: [0, 2, 6], values: [7, 1e308, 1e308]), label: label,
                        weight: 1e9)
                }
            }
            let model = learner.makeModel()
            #expect(learner.refused > 0 && learner.learned > 0)
            #expect(model.intercept.isFinite)
            #expect(model.score(SparseVector(indices: [0, 6], values: [1, 1])).isFinite)
            var saved = ByteWriter()
            learner.append(to: &saved)
            #expect(throws: Never.self) {
                try OnlineLearner(
                    restoring: saved.bytes, space: stream.space, parameters: learner.parameters)
            }
        }
    }

    @Test(.enabled(if: isOptimized)) func learningAndPublishingAllocateNothing() throws {
        var stream = try Stream(6)
        var learner = OnlineLearner(space: stream.space, parameters: Self.parameters)
        var model = learner.emptyModel()
        let examples = (0..<2_000).map { _ in stream.next() }
        func run() {
            for example in examples {
                learner.learn(example.vector, label: example.label)
                if learner.publicationIsDue { learner.publish(into: &model) }
            }
        }
        for _ in 0..<4 { run() }
        let before = allocation_count()
        run()
        #expect(allocation_count() == before)
    }
}
