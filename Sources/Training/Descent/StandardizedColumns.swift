internal import Model
internal import Sparse

/// Brings the columns of a matrix to a common scale, and notes what it found.
struct StandardizedColumns {
    private let weights: [Double]
    /// Columns from here on stay on their scale.
    private let scaledCount: Int
    private(set) var scaling: [Standardization] = []
    private(set) var centers: [Double] = []
    private(set) var squareMeans: [Double] = []
    private(set) var missingCount = 0
    private(set) var twins: [Int] = []

    /// A column whose deviation is below this part of its mean is constant but for rounding.
    private static let constantRatio = 1e-14

    init(weights: [Double], scaledCount: Int) {
        self.weights = weights
        self.scaledCount = scaledCount
    }

    mutating func standardize(_ matrix: consuming FeatureMatrix) -> FeatureMatrix {
        switch consume matrix {
        case .dense(var matrix):
            matrix.useLargePages()
            for column in 0..<matrix.columnCount { standardize(&matrix, column) }
            return noteTwins(.dense(matrix))
        case .compressed(var matrix):
            for column in 0..<matrix.columnCount { standardize(&matrix, column) }
            return noteTwins(.compressed(matrix))
        }
    }

    private mutating func noteTwins(_ matrix: FeatureMatrix) -> FeatureMatrix {
        twins = twins(in: matrix)
        return matrix
    }

    /// Weighted mean and variance of the finite values, with their least and greatest.
    private struct Moments {
        private var weight = CompensatedSum()
        private var sum = CompensatedSum()
        private(set) var mean = 0.0
        /// Greatest distance from the mean: squares are of parts of it, so that none is too large
        /// or too small for a number.
        private var reach = 0.0
        private var squares = CompensatedSum()
        var least = Double.infinity
        var greatest = -Double.infinity
        var missing = 0

        mutating func add(_ value: Double, _ weight: Double) {
            guard value.isFinite else {
                missing += 1
                return
            }
            self.weight.add(weight)
            sum.add(weight * value)
            least = min(least, value)
            greatest = max(greatest, value)
        }

        mutating func endMean() {
            mean = weight.total > 0 ? sum.total / weight.total : 0
            reach = max(greatest - mean, mean - least)
        }

        mutating func addSquare(_ value: Double, _ weight: Double) {
            guard value.isFinite, reach > 0 else { return }
            let part = (value - mean) / reach
            squares.add(weight * part * part)
        }

        /// 0 for a constant column.
        var deviation: Double {
            let deviation =
                weight.total > 0 ? reach * (squares.total / weight.total).squareRoot() : 0
            let isConstant = !(least < greatest) || !deviation.isFinite
            return isConstant || deviation <= constantRatio * abs(mean) ? 0 : deviation
        }
    }

    private mutating func standardize(_ matrix: inout DenseMatrix, _ column: Int) {
        let moments = moments(matrix.column(column))
        let scale = note(moments, center: 0)
        if scale > 0 {
            matrix.standardize(
                column: column, shift: column < scaledCount ? moments.mean : 0, scale: scale)
        }
        let (sum, squares) = matrix.moments(column: column, weights: weights)
        squareMeans.append(scale > 0 ? squares - sum * sum : 0)
    }

    private func moments(_ values: ArraySlice<Double>) -> Moments {
        var moments = Moments()
        for (value, weight) in zip(values, weights) { moments.add(value, weight) }
        moments.endMean()
        for (value, weight) in zip(values, weights) { moments.addSquare(value, weight) }
        return moments
    }

    private mutating func standardize(_ matrix: inout CompressedMatrix, _ column: Int) {
        let moments = moments(matrix.column(column), rowCount: matrix.rowCount)
        let scale = note(moments, center: moments.mean)
        if scale > 0 { matrix.scale(column: column, by: scale, missing: moments.mean) }
        let (sum, squares) = matrix.moments(column: column, weights: weights)
        squareMeans.append(scale > 0 ? max(0, squares - sum * sum) : 0)
    }

    private func moments(
        _ column: (rows: ArraySlice<UInt32>, values: ArraySlice<Double>), rowCount: Int
    ) -> Moments {
        var moments = Moments()
        var absent = 1.0
        for (row, value) in zip(column.rows, column.values) {
            moments.add(value, weights[Int(row)])
            absent -= weights[Int(row)]
        }
        let hasAbsent = column.rows.count < rowCount
        if hasAbsent { moments.add(0, max(0, absent)) }
        moments.endMean()
        for (row, value) in zip(column.rows, column.values) {
            moments.addSquare(value, weights[Int(row)])
        }
        if hasAbsent { moments.addSquare(0, max(0, absent)) }
        return moments
    }

    /// Keeps what the path needs to know; returns what to divide by, 0 for a constant column.
    private mutating func note(_ moments: Moments, center: Double) -> Double {
        missingCount += moments.missing
        let standardizes = scaling.count < scaledCount
        let deviation = moments.deviation
        let scale = deviation > 0 ? (standardizes ? deviation : 1) : 0
        scaling.append(Standardization(mean: standardizes ? moments.mean : 0, scale: scale))
        centers.append(standardizes && scale > 0 ? center / scale : 0)
        return scale
    }

    /// For each column, the first one that has the same values.
    private func twins(in matrix: FeatureMatrix) -> [Int] {
        var firstByDigest: [UInt64: [Int]] = [:]
        return (0..<matrix.columnCount).map { column in
            guard scaling[column].scale > 0 else { return column }
            let digest = matrix.digest(column: column)
            let others = firstByDigest[digest, default: []]
            if let twin = others.first(where: { matrix.columnsAreEqual($0, column) }) {
                return twin
            }
            firstByDigest[digest] = others + [column]
            return column
        }
    }
}
