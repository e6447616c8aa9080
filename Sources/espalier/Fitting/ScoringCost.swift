internal import Model
internal import Sparse
internal import Training

/// What a model takes when it scores, of which there may be a budget.
enum ScoringCost: String, CaseIterable, Sendable {
    /// Memory of the form that scores.
    case bytes
    /// Nanoseconds of one score, measured on this machine.
    case latency

    /// Rows that a score is measured on at most.
    private static let rowsMax = 1_000
    /// The fastest of so many rounds is what the model takes; others were disturbed.
    private static let rounds = 7

    private var units: [(name: String, size: Double)] {
        switch self {
        case .bytes: [("", 1), ("k", 1e3), ("M", 1e6), ("G", 1e9)]
        case .latency: [("ns", 1), ("us", 1e3), ("ms", 1e6)]
        }
    }

    /// An amount with its unit; nil for anything else.
    func amount(_ text: String) -> Double? {
        let digits = text.prefix { $0.isNumber || $0 == "." }
        let unit = text.dropFirst(digits.count)
        guard let count = Double(digits), let size = units.first(where: { $0.name == unit })?.size
        else { return nil }
        return count * size
    }

    /// What a model takes in memory for each input, whether or not it has a weight.
    static let bytesOfInput = SparseModel.byteCount(width: 1, nonZeroCount: 0)

    /// The amount in its smallest unit.
    func text(_ amount: Double) -> String { Numerals.plain(amount) + units[0].name }

    /// Of each fit, in the smallest unit; features aside.
    ///
    /// - Parameters:
    ///   - indices: what each column is in the space.
    func amounts(
        _ points: [PathPoint], _ examples: Examples, _ scaling: [Standardization], loss: Loss,
        space: FeatureSpace, indices: [UInt32]
    ) -> [Double] {
        guard self == .latency else {
            return points.map {
                Double(SparseModel.byteCount(width: space.width, nonZeroCount: $0.nonZeroCount))
            }
        }
        let vectors = Self.sample(of: examples).matrix.vectors(indices: indices)
        return points.map { point in
            var model = SparseModel(space: space, loss: loss, version: "candidate")
            for entry in point.entries {
                model.set(
                    entry.standardized, at: indices[entry.column], scaling[entry.column])
            }
            return Self.nanoseconds(of: model, vectors)
        }
    }

    /// The rows that a score is measured on, copied.
    static func sample(of examples: Examples) -> Examples {
        let step = max(1, examples.rowCount / rowsMax)
        let rows = stride(from: 0, to: examples.rowCount, by: step).prefix(rowsMax)
        return examples.selecting(Array(rows))
    }

    private static func nanoseconds(of model: SparseModel, _ vectors: [SparseVector]) -> Double {
        var least = Double.infinity
        for _ in 0..<rounds {
            let watch = Stopwatch()
            let sum = vectors.reduce(0) { $0 + model.margin(of: $1) }
            least = min(least, watch.seconds * 1e9 / Double(vectors.count))
            // Keeps the sum from being left out as one that nobody reads.
            precondition(!sum.isInfinite, "margins of \(sum)")
        }
        return least
    }
}
