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
    /// From the first row that has a weight to the last.
    private(set) var weightedRows: Range<Int>

    public var rowCount: Int { labels.count }
    public var columnCount: Int { columns.scaling.count }

    /// Standardises; two passes over the matrix.
    ///
    /// - Parameters:
    ///   - weights: one for each row; nil for all equal.
    ///   - standardizes: without, means and scales are 0 and 1.
    ///   - unscaledFrom: as they are for columns from here on.
    public init(
        _ matrix: consuming FeatureMatrix, labels: [Double], weights: [Double]? = nil,
        standardizes: Bool = true, unscaledFrom: Int = .max
    ) throws(DescentError) {
        let rowCount = matrix.rowCount
        guard rowCount > 0 else { throw .noRows }
        guard labels.count == rowCount else {
            throw .countMismatch(of: "labels", found: labels.count, expected: rowCount)
        }
        if let row = labels.firstIndex(where: { !$0.isFinite }) { throw .labelNotFinite(row: row) }
        self.labels = labels
        self.weights = try Self.normalized(weights, rowCount)
        columns = StandardizedColumns(
            of: copy matrix, scaledCount: standardizes ? unscaledFrom : 0)
        self.matrix = columns.standardize(consume matrix, weights: self.weights)
        (uniformWeight, weightedRows) = Self.extent(self.weights)
    }

    /// Lets rows count otherwise: standardises by the new weights, the values being replaced where
    /// they are. Rows without weight take no part in a fit, which then is that of the others alone
    /// but for rounding: 1e-16 of a value's distance from the mean before.
    ///
    /// - Parameter weights: one for each row.
    /// - Throws: what is wrong with the weights; nothing is changed then.
    public mutating func reweigh(_ weights: [Double]) throws(DescentError) {
        self.weights = try Self.normalized(weights, rowCount)
        var matrix = FeatureMatrix.dense(DenseMatrix(rowCount: 0, columnCount: 0))
        swap(&matrix, &self.matrix)
        self.matrix = columns.standardize(consume matrix, weights: self.weights)
        (uniformWeight, weightedRows) = Self.extent(self.weights)
    }

    private static func extent(_ weights: [Double]) -> (uniform: Double?, rows: Range<Int>) {
        let first = weights.firstIndex { $0 > 0 } ?? 0
        let last = weights.lastIndex { $0 > 0 } ?? -1
        let isUniform = weights.allSatisfy { $0 == 0 || $0 == weights[first] }
        return (isUniform ? weights[first] : nil, first..<last + 1)
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
    public init(_ examples: Examples, standardizes: Bool = true) throws(DescentError) {
        try self.init(
            examples.matrix, labels: examples.labels, weights: examples.weights,
            standardizes: standardizes, unscaledFrom: examples.unscaledFrom)
    }

    /// The margin of every row at a point that was fitted on this design, rows without weight too.
    func margins(at point: PathPoint) -> [Double] {
        let center = point.entries.reduce(0) { $0 + $1.standardized * centers[$1.column] }
        var margins = [Double](
            repeating: point.standardizedIntercept - center, count: rowCount)
        matrix.addProduct(
            columns: point.entries.map(\.column), coefficients: point.entries.map(\.standardized),
            to: &margins)
        return margins
    }

    /// Whether what is not stored is 0.
    public var hasImplicitZeros: Bool {
        if case .compressed = matrix { true } else { false }
    }
}
