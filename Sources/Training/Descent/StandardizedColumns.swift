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
    private var stored: [Standardization]
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

    /// What gives back a column's values as they were: `mean + scale · stored`; where its values
    /// were missing, by place among those that it stores.
    func origin(of column: Int) -> (values: Standardization, missing: [UInt32]) {
        (stored[column], missing[column] ?? [])
    }

    var missingCount: Int { missing.values.reduce(0) { $0 + $1.count } }

    /// - Parameters:
    ///   - matrix: as given, or as this left it.
    ///   - weights: of the rows, summing to 1; one of weight 0 has no part in means, scales and
    ///     twins.
    ///   - threadsMax: that work on columns.
    mutating func standardize(
        _ matrix: consuming FeatureMatrix, weights: [Double], threadsMax: Int
    ) -> FeatureMatrix {
        let standardized: FeatureMatrix
        let columns: [Column]
        switch consume matrix {
        case .dense(var matrix):
            matrix.useLargePages()
            columns = matrix.mapColumns(threadsMax: threadsMax) { [self] column, values in
                self.column(column, &values, weights)
            }
            standardized = .dense(matrix)
        case .compressed(var matrix):
            let rowCount = weights.count { $0 > 0 }
            columns = matrix.mapColumns(threadsMax: threadsMax) { [self] column, rows, values in
                self.column(column, rows, &values, weights, rowCount)
            }
            standardized = .compressed(matrix)
        }
        scaling = columns.map(\.scaling)
        centers = columns.map(\.center)
        squareMeans = columns.map(\.squareMean)
        stored = columns.map(\.stored)
        twins = twins(in: standardized, weights)
        return standardized
    }

    /// What is found of one column.
    private struct Column {
        var scaling = Standardization.identity
        var center = 0.0
        var squareMean = 0.0
        var stored: Standardization
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

        @inline(__always)
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

        @inline(__always)
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

    private func column(
        _ column: Int, _ values: inout MutableSpan<Double>, _ weights: [Double]
    ) -> Column {
        for place in missing[column] ?? [] { values[Int(place)] = .nan }
        let weights = weights.span
        var moments = Moments()
        for row in values.indices { moments.add(values[row], weights[row]) }
        moments.endMean()
        for row in values.indices { moments.addSquare(values[row], weights[row]) }
        var result = Column(stored: stored[column])
        let scale = scale(of: column, moments, &result)
        if scale > 0 {
            let shift = column < scaledCount ? moments.mean : 0
            for row in values.indices {
                // A missing value stands for the mean.
                values[row] = values[row].isFinite ? (values[row] - shift) / scale : 0
            }
            result.stored.mean += result.stored.scale * shift
            result.stored.scale *= scale
        } else {
            for place in missing[column] ?? [] { values[Int(place)] = 0 }
        }
        var (sum, squares) = (0.0, 0.0)
        for row in values.indices {
            let part = weights[row] * values[row]
            sum += part
            squares += part * values[row]
        }
        if scale > 0 { result.squareMean = squares - sum * sum }
        return result
    }

    /// - Parameter rowCount: rows that have a weight.
    private func column(
        _ column: Int, _ rows: Span<UInt32>, _ values: inout MutableSpan<Double>,
        _ weights: [Double], _ rowCount: Int
    ) -> Column {
        for place in missing[column] ?? [] { values[Int(place)] = .nan }
        let moments = Self.moments(rows, values.span, weights, rowCount)
        var result = Column(stored: stored[column])
        let scale = scale(of: column, moments, &result)
        let isScaled = column < scaledCount
        if scale > 0 {
            if isScaled { result.center = moments.mean / scale }
            let missing = isScaled ? moments.mean : 0
            for place in values.indices {
                values[place] = (values[place].isFinite ? values[place] : missing) / scale
            }
            result.stored.scale *= scale
        } else {
            for place in missing[column] ?? [] { values[Int(place)] = 0 }
        }
        var (sum, squares) = (0.0, 0.0)
        for place in values.indices {
            let part = weights[Int(rows[place])] * values[place]
            sum += part
            squares += part * values[place]
        }
        if scale > 0 { result.squareMean = max(0, squares - sum * sum) }
        return result
    }

    private static func moments(
        _ rows: Span<UInt32>, _ values: Span<Double>, _ weights: [Double], _ rowCount: Int
    ) -> Moments {
        var moments = Moments()
        var (absent, absentCount) = (1.0, rowCount)
        for place in values.indices {
            let weight = weights[Int(rows[place])]
            moments.add(values[place], weight)
            absent -= weight
            if weight > 0 { absentCount -= 1 }
        }
        // However little rounding leaves of their weight, they count.
        absent = max(absent, .leastNonzeroMagnitude)
        if absentCount > 0 { moments.add(0, absent) }
        moments.endMean()
        for place in values.indices {
            moments.addSquare(values[place], weights[Int(rows[place])])
        }
        if absentCount > 0 { moments.addSquare(0, absent) }
        return moments
    }

    /// Notes the scaling; returns what to divide by, 0 for a constant column.
    private func scale(of column: Int, _ moments: Moments, _ result: inout Column) -> Double {
        let standardizes = column < scaledCount
        let before = stored[column]
        let mean = before.mean + before.scale * moments.mean
        // Rounding is that of the values as they were given, and of those that are stored.
        let rounding = Self.constantRatio * max(abs(mean) / before.scale, abs(moments.mean))
        let isConstant = moments.deviation <= rounding
        let scale = isConstant ? 0 : standardizes ? moments.deviation : 1
        result.scaling = Standardization(
            mean: standardizes ? mean : 0, scale: before.scale * scale)
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
