internal import Bytes
public import Model
public import Sparse

/// Examples made ready for a path: columns standardised, weights of rows summing to 1.
///
/// A value that is not finite counts as missing and stands for its column's mean. Dense columns are
/// replaced by their standardised values in place; compressed ones are only divided by their scale,
/// and `centers` says what to subtract, so that zeros stay unstored.
///
/// Memory: the matrix itself, 24 bytes a row, and 4 a missing value.
public struct Design: Sendable {
    public let labels: [Double]
    /// Weights of the rows, summing to 1.
    public private(set) var weights: [Double]
    /// Mean and standard deviation (divisor n) of each column; scale 0 for a constant one, which
    /// never gets a weight.
    public var scaling: [Standardization] { columns.scaling }
    /// Values that were missing.
    public var missingCount: Int { columns.missingCount }
    /// For each column, the first one with the same values but for rounding, in rows that have a
    /// weight; itself for most.
    public var twins: [Int] { columns.twins }
    /// Subtracted from a stored value: 0 where that is done.
    var centers: [Double] { columns.centers }
    /// Weighted mean square of each centred column.
    var squareMeans: [Double] { columns.squareMeans }
    private(set) var matrix: FeatureMatrix
    private var columns: StandardizedColumns

    /// Of each row that has a weight, if they all count alike.
    private(set) var uniformWeight: Double?
    /// The rows from the first that has a weight to the last.
    private(set) var spans: RowSpans
    let threadsMax: Int

    public var rowCount: Int { labels.count }
    public var columnCount: Int { columns.scaling.count }

    /// Standardises; two passes over the matrix.
    ///
    /// - Parameters:
    ///   - weights: one for each row; nil for all equal.
    ///   - standardizes: without, means and scales are 0 and 1.
    ///   - unscaledFrom: as they are for columns from here on.
    ///   - threadsMax: that work on the rows; results do not depend on it.
    public init(
        _ matrix: consuming FeatureMatrix, labels: [Double], weights: [Double]? = nil,
        standardizes: Bool = true, unscaledFrom: Int = .max, threadsMax: Int = 1
    ) throws(DescentError) {
        let rowCount = matrix.rowCount
        guard rowCount > 0 else { throw .noRows }
        guard labels.count == rowCount else {
            throw .countMismatch(of: "labels", found: labels.count, expected: rowCount)
        }
        if let row = labels.firstIndex(where: { !$0.isFinite }) { throw .labelNotFinite(row: row) }
        self.labels = labels
        self.threadsMax = threadsMax
        self.weights = try Self.normalized(weights, rowCount)
        columns = StandardizedColumns(
            of: copy matrix, scaledCount: standardizes ? unscaledFrom : 0)
        self.matrix = columns.standardize(
            consume matrix, weights: self.weights, threadsMax: threadsMax)
        (uniformWeight, spans) = Self.extent(self.weights, threadsMax)
    }

    /// Lets rows count otherwise: standardises by the new weights, the values being replaced where
    /// they are. Rows without weight take no part in a fit, which then is that of the others alone
    /// but for rounding: 1e-16 of a value's distance from the mean before.
    ///
    /// - Parameter weights: one for each row; nil for all equal.
    /// - Throws: what is wrong with the weights; nothing is changed then.
    public mutating func reweigh(_ weights: [Double]?) throws(DescentError) {
        self.weights = try Self.normalized(weights, rowCount)
        var matrix = FeatureMatrix.dense(DenseMatrix(rowCount: 0, columnCount: 0))
        swap(&matrix, &self.matrix)
        self.matrix = columns.standardize(
            consume matrix, weights: self.weights, threadsMax: threadsMax)
        (uniformWeight, spans) = Self.extent(self.weights, threadsMax)
    }

    private static func extent(
        _ weights: [Double], _ threadsMax: Int
    ) -> (uniform: Double?, rows: RowSpans) {
        let first = weights.firstIndex { $0 > 0 } ?? 0
        let last = weights.lastIndex { $0 > 0 } ?? -1
        let isUniform = weights.allSatisfy { $0 == 0 || $0 == weights[first] }
        let spans = RowSpans(first..<last + 1, threadsMax: threadsMax)
        return (isUniform ? weights[first] : nil, spans)
    }

    private static func normalized(
        _ weights: [Double]?, _ rowCount: Int
    ) throws(DescentError) -> [Double] {
        guard let weights else { return Array(repeating: 1 / Double(rowCount), count: rowCount) }
        guard weights.count == rowCount else {
            throw .countMismatch(of: "weights", found: weights.count, expected: rowCount)
        }
        for (row, weight) in weights.enumerated() where !(weight >= 0 && weight.isFinite) {
            throw .weightInvalid(row: row, found: weight)
        }
        let sum = weights.reduce(0, +)
        guard sum > 0, sum.isFinite else { throw .noWeight }
        return weights.map { $0 / sum }
    }

    /// Whether a column may get a weight at all.
    func isUsable(_ column: Int) -> Bool { scaling[column].scale > 0 }

    /// What the loss asks of labels.
    public func validate(for loss: Loss) throws(DescentError) {
        guard loss == .logistic else { return }
        var sum = 0.0
        var total = 0.0
        for row in labels.indices {
            guard loss.accepts(label: labels[row]) else {
                throw .labelOutOfRange(row: row, found: labels[row])
            }
            sum += weights[row] * labels[row]
            total += weights[row]
        }
        if sum == 0 { throw .oneClass(label: 0) }
        if !zip(labels, weights).contains(where: { $0 < 1 && $1 > 0 }) {
            throw .oneClass(label: 1)
        }
    }
}

extension Design {
    /// `ZᵀHZ - d dᵀ / h` of columns, H being weights of rows that sum to h, and `d = ZᵀH1`: the
    /// rows of its lower triangle, and d. O(rows) a pair of columns.
    func products(
        _ columns: [Int], weights: [Double]
    ) -> (matrix: [Double], means: [Double]) {
        let n = columns.count
        let sum = weights.reduce(0, +)
        var products = [Double](repeating: 0, count: n * n)
        var means = [Double](repeating: 0, count: n)
        for a in 0..<n {
            var column = [Double](repeating: 0, count: rowCount)
            matrix.addProduct(columns: [columns[a]], coefficients: [1], to: &column)
            for row in column.indices { column[row] *= weights[row] }
            means[a] = column.reduce(0, +)
            let row = matrix.transposedProduct(columns: Array(columns[...a]), vector: column)
            for b in 0...a { products[a * n + b] = row[b] - means[a] * means[b] / sum }
        }
        return (products, means)
    }

    /// SHA-256 of labels, weights and stored values: whether two runs fit the same.
    public var digest: String {
        var writer = ByteWriter()
        for label in labels { writer.append(fixed: label) }
        for weight in weights { writer.append(fixed: weight) }
        for column in 0..<columnCount { writer.append(fixed: matrix.digest(column: column)) }
        return ContentDigest(of: writer.bytes).hex
    }

    /// Examples as they are given.
    public init(
        _ examples: Examples, standardizes: Bool = true, threadsMax: Int = 1
    ) throws(DescentError) {
        try self.init(
            examples.matrix, labels: examples.labels, weights: examples.weights,
            standardizes: standardizes, unscaledFrom: examples.unscaledFrom,
            threadsMax: threadsMax)
    }

    /// The margins of neighbouring rows at a point, whatever rows have a weight now; what is
    /// missing contributes nothing, or in compressed columns the mean.
    ///
    /// - Parameter scaling: of the design, at the weights by which the point was fitted.
    public func margins(
        at point: PathPoint, _ scaling: [Standardization], rows: Range<Int>
    ) -> [Double] {
        let isDense = !hasImplicitZeros
        var start = isDense ? point.standardizedIntercept : point.intercept
        for entry in point.entries {
            let stored = columns.origin(of: entry.column).values.mean
            start += entry.weight * (stored - (isDense ? scaling[entry.column].mean : 0))
        }
        var margins = [Double](repeating: start, count: rows.count)
        let changes = point.entries.map {
            $0.weight * columns.origin(of: $0.column).values.scale
        }
        switch matrix {
        case .dense(let matrix):
            var target = margins.mutableSpan
            matrix.addProduct(
                columns: point.entries.map(\.column), coefficients: changes, rows: rows,
                to: &target, from: rows.lowerBound)
        case .compressed(let matrix):
            for (entry, change) in zip(point.entries, changes) {
                matrix.add(column: entry.column, times: change, rows: rows, to: &margins)
            }
        }
        for entry in point.entries { amend(&margins, of: entry, scaling, rows) }
        return margins
    }

    /// The same of rows in ascending order.
    public func margins(
        at point: PathPoint, _ scaling: [Standardization], of rows: [Int]
    ) -> [Double] {
        guard let first = rows.first, let last = rows.last else { return [] }
        let margins = margins(at: point, scaling, rows: first..<last + 1)
        return margins.count == rows.count ? margins : rows.map { margins[$0 - first] }
    }

    /// Puts a column's mean of then in the place of that of now, where its values are missing.
    private func amend(
        _ margins: inout [Double], of entry: PathPoint.Entry, _ scaling: [Standardization],
        _ rows: Range<Int>
    ) {
        let (column, origin) = (entry.column, columns.origin(of: entry.column))
        for place in origin.missing {
            let row: Int
            let value: Double
            switch matrix {
            case .dense(let matrix):
                row = Int(place)
                value = matrix[row, column]
            case .compressed(let matrix):
                let stored = matrix.column(column)
                row = Int(stored.rows[stored.rows.startIndex + Int(place)])
                value = stored.values[stored.values.startIndex + Int(place)]
            }
            guard rows.contains(row) else { continue }
            let known = origin.values.mean + origin.values.scale * value
            margins[row - rows.lowerBound] += entry.weight * (scaling[column].mean - known)
        }
    }

    /// Whether what is not stored is 0.
    public var hasImplicitZeros: Bool {
        if case .compressed = matrix { true } else { false }
    }
}
