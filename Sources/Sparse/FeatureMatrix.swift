/// Rows of examples and columns of features, stored as suits them.
public enum FeatureMatrix: Sendable {
    case dense(DenseMatrix)
    case compressed(CompressedMatrix)

    public var rowCount: Int {
        switch self {
        case .dense(let matrix): matrix.rowCount
        case .compressed(let matrix): matrix.rowCount
        }
    }

    public var columnCount: Int {
        switch self {
        case .dense(let matrix): matrix.columnCount
        case .compressed(let matrix): matrix.columnCount
        }
    }

    /// Numbers that are stored.
    public var entryCount: Int {
        switch self {
        case .dense(let matrix): matrix.rowCount * matrix.columnCount
        case .compressed(let matrix): matrix.entryCount
        }
    }

    /// The rows of these examples, in this order.
    public func selecting(rows: [Int]) -> FeatureMatrix {
        switch self {
        case .dense(let matrix): .dense(matrix.selecting(rows: rows))
        case .compressed(let matrix): .compressed(matrix.selecting(rows: rows))
        }
    }

    /// `target[row] += Σ_k coefficients[k] · self[row, columns[k]]`.
    public func addProduct(
        columns: [Int], coefficients: [Double], to target: inout [Double]
    ) {
        switch self {
        case .dense(let matrix):
            var target = target.mutableSpan
            matrix.addProduct(
                columns: columns, coefficients: coefficients, rows: 0..<matrix.rowCount,
                to: &target)
        case .compressed(let matrix):
            for (column, coefficient) in zip(columns, coefficients) {
                matrix.add(column: column, times: coefficient, to: &target)
            }
        }
    }

    /// `Σ_row self[row, columns[k]] · vector[row]` for each k.
    public func transposedProduct(columns: [Int], vector: [Double]) -> [Double] {
        switch self {
        case .dense(let matrix):
            var result = [Double](repeating: 0, count: columns.count)
            matrix.addTransposedProduct(
                columns: columns, vector: vector.span, rows: 0..<matrix.rowCount, to: &result)
            return result
        case .compressed(let matrix):
            return columns.map { matrix.dot(column: $0, vector) }
        }
    }

    /// `Σ weights · x` and `Σ weights · x²` over a column.
    public func moments(column: Int, weights: [Double]) -> (sum: Double, squares: Double) {
        switch self {
        case .dense(let matrix): matrix.moments(column: column, weights: weights)
        case .compressed(let matrix): matrix.moments(column: column, weights: weights)
        }
    }
}

extension DenseMatrix {
    /// `Σ weights · x` and `Σ weights · x²` over a column.
    public func moments(column: Int, weights: [Double]) -> (sum: Double, squares: Double) {
        let values = values.span
        let weights = weights.span
        let start = column * rowCount
        var (sum, squares) = (0.0, 0.0)
        for row in 0..<rowCount {
            let part = weights[row] * values[start + row]
            sum += part
            squares += part * values[start + row]
        }
        return (sum, squares)
    }
}
