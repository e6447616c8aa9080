import Bytes
import Model
import Sparse

/// A margin alone: 50 entries of the vector, all of them weighted.
enum ScoreBenchmark {
    private static let entries = 50
    private static let vectors = 1_000
    private static let numericCount = 500
    private static let blockBits = 18

    static func measure(_ scale: Scale) throws -> [Measurement] {
        let numeric = try run(scale, numericCount: numericCount, blockBits: [])
        let hashed = try run(scale, numericCount: 0, blockBits: [blockBits])
        return [
            Measurement(
                "scores, 500 weights", 1e9 / numeric.nanoseconds, "scores/s", .atLeast(5_000_000),
                note: note(numeric)),
            Measurement(
                "scores, 262,144 hashed weights", 1e9 / hashed.nanoseconds, "scores/s",
                note: note(hashed)),
        ]
    }

    private struct Outcome {
        var nanoseconds: Double
        var sum: Double
    }

    private static func note(_ outcome: Outcome) -> String {
        "\(MeasurementTable.number(outcome.nanoseconds)) ns, mean margin \(outcome.sum)"
    }

    private static func run(
        _ scale: Scale, numericCount: Int, blockBits: [Int]
    ) throws -> Outcome {
        guard let space = FeatureSpace(numericCount: numericCount, blockBits: blockBits) else {
            throw SpaceTooWide()
        }
        var random = SeededRandom(seed: 1)
        var model = SparseModel(space: space, loss: .logistic, version: "fixed", bound: 40)
        for index in 0..<space.width {
            let scaling = Standardization(mean: random.normal(), scale: 1 + random.uniform())
            model.set(random.normal(), at: UInt32(index), scaling)
        }
        let vectors = (0..<Self.vectors).map { _ in vector(width: space.width, using: &random) }
        var samples = Samples()
        var sum = 0.0
        for _ in 0..<scale.repetitions {
            let start = ThreadTime.now()
            for vector in vectors { sum += model.margin(of: vector) }
            samples.append(ThreadTime.now() - start, over: vectors.count)
        }
        return Outcome(
            nanoseconds: samples.median, sum: sum / Double(vectors.count * scale.repetitions))
    }

    /// Entries at distinct places.
    private static func vector(width: Int, using random: inout SeededRandom) -> SparseVector {
        var vector = SparseVector()
        var places: Set<Int> = []
        while places.count < entries {
            let place = random.index(below: width)
            guard places.insert(place).inserted else { continue }
            vector.append(UInt32(place), random.normal())
        }
        return vector
    }

    struct SpaceTooWide: Error {}
}
