import Model
import Sparse
import TestSupport

@testable import Training

/// A made-up table: correlated columns, some of which tell of the label.
struct RandomProblem {
    var columns: [[Double]]
    var labels: [Double]
    var weights: [Double]

    init(
        rows: Int, columns count: Int, loss: Loss, seed: UInt64, correlation: Double = 0.5,
        zeros: Double = 0
    ) {
        var random = SeededGenerator(seed)
        func normal() -> Double {
            (0..<12).reduce(-6) { sum, _ in sum + Double.random(in: 0..<1, using: &random) }
        }
        var before = (0..<rows).map { _ in normal() }
        columns = (0..<count).map { _ in
            before = before.map { correlation * $0 + normal() }
            return before.map {
                Double.random(in: 0..<1, using: &random) < zeros ? 0 : 3 * $0 + 2
            }
        }
        let truth = (0..<count).map { _ in
            Double.random(in: 0..<1, using: &random) < 0.4 ? normal() / 4 : 0
        }
        let columns = columns
        labels = (0..<rows).map { row in
            let margin = (0..<count).reduce(-0.5) { $0 + truth[$1] * (columns[$1][row] - 2) / 3 }
            guard loss == .logistic else { return margin + normal() }
            let chance = Loss.logistic.prediction(atMargin: margin)
            return Double.random(in: 0..<1, using: &random) < chance ? 1 : 0
        }
        weights = (0..<rows).map { _ in Double.random(in: 0.2..<2, using: &random) }
    }

    var matrix: FeatureMatrix {
        .dense(
            DenseMatrix(
                rowCount: labels.count, columnCount: columns.count, values: columns.flatMap { $0 }))
    }

    var compressed: FeatureMatrix {
        let vectors = labels.indices.map { row in
            var vector = SparseVector()
            for column in columns.indices where columns[column][row] != 0 {
                vector.append(UInt32(column), columns[column][row])
            }
            return vector
        }
        return .compressed(CompressedMatrix(rows: vectors, columnCount: columns.count))
    }

    func design(compressed isCompressed: Bool = false) throws -> Design {
        try Design(isCompressed ? compressed : matrix, labels: labels, weights: weights)
    }
}

/// The conditions of a minimum (Karush, Kuhn and Tucker), checked without the solver's code.
struct OptimalityCheck {
    /// The largest violation, in units of the gradient by standardised columns.
    static func violation(
        of point: PathPoint, _ problem: RandomProblem, _ rules: [WeightRule], _ loss: Loss,
        _ scaling: [Standardization]
    ) -> Double {
        let total = problem.weights.reduce(0, +)
        var weights = [Double](repeating: 0, count: problem.columns.count)
        for entry in point.entries { weights[entry.column] = entry.standardized }
        let slopes = problem.labels.indices.map { row in
            var margin = point.standardizedIntercept
            for column in weights.indices where weights[column] != 0 {
                let z =
                    (problem.columns[column][row] - scaling[column].mean) / scaling[column].scale
                margin += weights[column] * z
            }
            return problem.weights[row] / total
                * loss.gradient(atMargin: margin, label: problem.labels[row])
        }
        var largest = abs(slopes.reduce(0, +))
        for column in weights.indices where scaling[column].scale > 0 {
            var gradient = 0.0
            for row in slopes.indices {
                gradient +=
                    slopes[row] * (problem.columns[column][row] - scaling[column].mean)
                    / scaling[column].scale
            }
            let rule = rules[column]
            let weight = weights[column]
            let strength = point.lambda * rule.penaltyFactor
            gradient += strength * (1 - point.alpha) * weight
            // The negative gradient must lie in the subdifferential, bounds included.
            let threshold = strength * point.alpha
            let isLow = weight <= rule.lower * scaling[column].scale
            let isHigh = weight >= rule.upper * scaling[column].scale
            var low = weight > 0 ? threshold : -threshold
            var high = weight < 0 ? -threshold : threshold
            if isLow { low = -.infinity }
            if isHigh { high = .infinity }
            largest = max(largest, low + gradient, -gradient - high)
        }
        return largest
    }
}
