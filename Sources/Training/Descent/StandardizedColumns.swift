internal import Bytes
internal import Model
internal import Sparse

/// Brings the columns of a matrix to a common scale, and notes what it found. May do so again by
/// other weights, on the values that it left.
struct StandardizedColumns {
    private let scaledCount: Int
    private(set) var scaling: [Standardization] = []
    private(set) var centers: [Double] = []
    private(set) var squareMeans: [Double] = []
    private(set) var twins: [Int] = []
    /// What gives back each column's values as they were: `mean + scale · stored`.
    private var stored: [Standardization]
    /// Places of missing values by column, among those that it stores.
    private var missing: [Int: [UInt32]] = [:]

    /// A column whose deviation is below this part of its mean is constant but for rounding.
    private static let constantRatio = 1e-14
    /// Columns that differ nowhere by more than this part of their deviation say the same: it may
    /// be rounding.
    private static let sameness = 1e-10

    /// - Parameter scaledCount: columns from there on stay on their scale.
    init(of matrix: FeatureMatrix, scaledCount: Int) {
        self.scaledCount = scaledCount
        stored = Array(repeating: .identity, count: matrix.columnCount)
        for column in stored.indices {
            let values =
                switch matrix {
                case .dense(let matrix): matrix.column(column)
                case .compressed(let matrix): matrix.column(column).values
                }
            let places = values.indices.filter { !values[$0].isFinite }
            if places.isEmpty { continue }
            missing[column] = places.map { UInt32($0 - values.startIndex) }
        }
    }

    var missingCount: Int { missing.values.reduce(0) { $0 + $1.count } }

    /// - Parameters:
    ///   - matrix: as given, or as this left it.
    ///   - weights: of the rows, summing to 1; one of weight 0 has no part in means, scales and
    ///     twins.
    mutating func standardize(
        _ matrix: consuming FeatureMatrix, weights: [Double]
    ) -> FeatureMatrix {
        (scaling, centers, squareMeans) = ([], [], [])
        let standardized: FeatureMatrix
        switch consume matrix {
        case .dense(var matrix):
            matrix.useLargePages()
            for column in stored.indices {
                matrix.replace(missing[column] ?? [], of: column, by: .nan)
                standardize(&matrix, column, weights)
            }
            standardized = .dense(matrix)
        case .compressed(var matrix):
            let rowCount = weights.count { $0 > 0 }
            for column in stored.indices {
                matrix.replace(missing[column] ?? [], of: column, by: .nan)
                standardize(&matrix, column, weights, rowCount)
            }
            standardized = .compressed(matrix)
        }
        twins = twins(in: standardized, weights)
        return standardized
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

        mutating func add(_ value: Double, _ weight: Double) {
            guard value.isFinite, weight > 0 else { return }
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
            guard value.isFinite, weight > 0, reach > 0 else { return }
            let part = (value - mean) / reach
            squares.add(weight * part * part)
        }

        /// 0 for a constant column.
        var deviation: Double {
            guard least < greatest, weight.total > 0 else { return 0 }
            let deviation = reach * (squares.total / weight.total).squareRoot()
            return deviation.isFinite ? deviation : 0
        }
    }

    private mutating func standardize(
        _ matrix: inout DenseMatrix, _ column: Int, _ weights: [Double]
    ) {
        let moments = Self.moments(matrix.column(column), weights)
        let scale = note(moments)
        centers.append(0)
        if scale > 0 {
            let shift = column < scaledCount ? moments.mean : 0
            matrix.standardize(column: column, shift: shift, scale: scale)
            stored[column].mean += stored[column].scale * shift
            stored[column].scale *= scale
        }
        let (sum, squares) = matrix.moments(column: column, weights: weights)
        squareMeans.append(scale > 0 ? squares - sum * sum : 0)
    }

    private static func moments(_ values: ArraySlice<Double>, _ weights: [Double]) -> Moments {
        var moments = Moments()
        for (value, weight) in zip(values, weights) { moments.add(value, weight) }
        moments.endMean()
        for (value, weight) in zip(values, weights) { moments.addSquare(value, weight) }
        return moments
    }

    private mutating func standardize(
        _ matrix: inout CompressedMatrix, _ column: Int, _ weights: [Double], _ rowCount: Int
    ) {
        let moments = Self.moments(matrix.column(column), weights, rowCount)
        let scale = note(moments)
        centers.append(column < scaledCount && scale > 0 ? moments.mean / scale : 0)
        if scale > 0 {
            let missing = column < scaledCount ? moments.mean : 0
            matrix.scale(column: column, by: scale, missing: missing)
            stored[column].scale *= scale
        }
        let (sum, squares) = matrix.moments(column: column, weights: weights)
        squareMeans.append(scale > 0 ? max(0, squares - sum * sum) : 0)
    }

    /// - Parameter rowCount: rows that have a weight.
    private static func moments(
        _ column: (rows: ArraySlice<UInt32>, values: ArraySlice<Double>), _ weights: [Double],
        _ rowCount: Int
    ) -> Moments {
        var moments = Moments()
        var (absent, absentCount) = (1.0, rowCount)
        for (row, value) in zip(column.rows, column.values) {
            let weight = weights[Int(row)]
            moments.add(value, weight)
            absent -= weight
            if weight > 0 { absentCount -= 1 }
        }
        // However little rounding leaves of their weight, they count.
        absent = max(absent, .leastNonzeroMagnitude)
        if absentCount > 0 { moments.add(0, absent) }
        moments.endMean()
        for (row, value) in zip(column.rows, column.values) {
            moments.addSquare(value, weights[Int(row)])
        }
        if absentCount > 0 { moments.addSquare(0, absent) }
        return moments
    }

    /// Keeps what the path needs to know; returns what to divide by, 0 for a constant column.
    private mutating func note(_ moments: Moments) -> Double {
        let column = scaling.count
        let standardizes = column < scaledCount
        let before = stored[column]
        let mean = before.mean + before.scale * moments.mean
        // Rounding is that of the values as they were given, and of those that are stored.
        let rounding = Self.constantRatio * max(abs(mean) / before.scale, abs(moments.mean))
        let isConstant = moments.deviation <= rounding
        let scale = isConstant ? 0 : standardizes ? moments.deviation : 1
        scaling.append(
            Standardization(mean: standardizes ? mean : 0, scale: before.scale * scale))
        return scale
    }

    /// For each column, the first one that says the same. Those have nearly the same sum by random
    /// weights, so that only neighbours in the order of these sums are compared.
    private func twins(in matrix: FeatureMatrix, _ weights: [Double]) -> [Int] {
        var twins = Array(stored.indices)
        let usable = twins.filter { scaling[$0].scale > 0 }
        let random = weights.indices.map { row in
            weights[row] * Double(StableHash.mix(UInt64(row)) >> 11) * 0x1p-53
        }
        let sums = matrix.transposedProduct(columns: usable, vector: random)
        let tolerances = usable.map { Self.sameness * squareMeans[$0].squareRoot() }
        let order = usable.indices.sorted { (sums[$0], $0) < (sums[$1], $1) }
        var end = 0
        while end < order.count {
            let start = end
            repeat { end += 1 } while end < order.count && isNear(order[end - 1], order[end])
            guard end - start > 1 else { continue }
            var firsts: [Int] = []
            for place in order[start..<end].sorted() {
                let first = firsts.first {
                    matrix.columnsAgree(
                        usable[$0], usable[place], within: tolerances[place], weights: weights)
                }
                if let first { twins[usable[place]] = usable[first] } else { firsts.append(place) }
            }
        }
        return twins

        func isNear(_ place: Int, _ next: Int) -> Bool {
            sums[next] - sums[place]
                <= max(tolerances[place], tolerances[next], Self.sameness * abs(sums[next]))
        }
    }
}
