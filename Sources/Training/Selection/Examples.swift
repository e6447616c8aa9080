public import Model
public import Sparse

/// Rows of features as given, with what a fit needs to know of each.
public struct Examples: Sendable {
    public var matrix: FeatureMatrix
    public var labels: [Double]
    /// Nil for all equal.
    public var weights: [Double]?
    /// Columns from here on are left on the scale that they have, as hashed ones are.
    public var unscaledFrom = Int.max

    public init(matrix: FeatureMatrix, labels: [Double], weights: [Double]? = nil) {
        self.matrix = matrix
        self.labels = labels
        self.weights = weights
    }

    public var rowCount: Int { labels.count }

    /// Gives the matrix away, so that it can be standardised where it is.
    public mutating func takeMatrix() -> FeatureMatrix {
        let matrix = matrix
        self.matrix = .dense(DenseMatrix(rowCount: 0, columnCount: 0))
        return matrix
    }

    /// These rows, copied.
    public func selecting(_ rows: [Int]) -> Examples {
        var selected = Examples(
            matrix: matrix.selecting(rows: rows), labels: rows.map { labels[$0] },
            weights: weights.map { weights in rows.map { weights[$0] } })
        selected.unscaledFrom = unscaledFrom
        return selected
    }
}

extension PathPoint {
    /// The margin of every row; what is missing contributes nothing.
    ///
    /// - Parameter scaling: of the design that the point was fitted on.
    public func margins(of matrix: FeatureMatrix, _ scaling: [Standardization]) -> [Double] {
        switch matrix {
        case .dense(let matrix):
            var margins = [Double](repeating: standardizedIntercept, count: matrix.rowCount)
            for entry in entries {
                let mean = scaling[entry.column].mean
                let values = matrix.column(entry.column)
                for (row, value) in zip(margins.indices, values) where value.isFinite {
                    margins[row] += entry.weight * (value - mean)
                }
            }
            return margins
        case .compressed(let matrix):
            var margins = [Double](repeating: intercept, count: matrix.rowCount)
            for entry in entries {
                let (rows, values) = matrix.column(entry.column)
                for (row, value) in zip(rows, values) {
                    let known = value.isFinite ? value : scaling[entry.column].mean
                    margins[Int(row)] += entry.weight * known
                }
            }
            return margins
        }
    }
}
