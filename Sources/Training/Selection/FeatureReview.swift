internal import Sparse

/// What looks wrong about single features before a model is fitted.
public struct FeatureReview: Sendable {
    /// A feature that alone ranks the labels.
    public struct Suspect: Equatable, Sendable {
        public let column: Int
        /// Area under the ROC curve of the feature alone, in the direction that ranks better.
        public let rocArea: Double
    }

    /// Alone above this, a feature is more likely to know the label than to foretell it.
    public static let rocAreaMax = 0.98
    /// Features whose correlation is above this say the same.
    public static let correlationMax = 0.95
    /// Columns that are compared with each other at most.
    public static let comparedMax = 2_000
    /// Rows that columns must have more than there are columns, for what they have in common to be
    /// more than chance.
    static let surplusMin = 100

    /// Best alone first. A category's buckets count one by one.
    public let suspects: [Suspect]
    /// Numeric columns that correlate, directly, through others, or as sums of others do; largest
    /// groups first. Nil of more columns than are compared.
    public let groups: [[Int]]?
    /// By column; nil where there is nothing to rank.
    public let rocAreas: [Double?]

    /// Whether the labels are such that a feature can rank them.
    public var ranks: Bool { rocAreas.contains { $0 != nil } }

    /// - Parameters:
    ///   - areas: of `areas(_:)`, by column.
    ///   - design: of the same examples. O(rows) a pair of numeric columns.
    ///   - numericCount: columns before those of hashed inputs.
    public init(areas: [Double?], design: Design, numericCount: Int) {
        rocAreas = areas.enumerated().map { design.isUsable($0) ? $1 : nil }
        suspects = rocAreas.enumerated().compactMap { column, area in
            area.flatMap { $0 > Self.rocAreaMax ? Suspect(column: column, rocArea: $0) : nil }
        }.sorted { ($1.rocArea, $0.column) < ($0.rocArea, $1.column) }
        let columns = (0..<min(design.columnCount, numericCount)).filter(design.isUsable)
        groups =
            columns.count <= Self.comparedMax
            ? CollinearColumns(columns, of: design).groups : nil
    }

    /// How well each column alone ranks the labels: the area under its ROC curve, in the direction
    /// that ranks better. Nil of a column without both classes. O(entries).
    public static func areas(_ examples: Examples, threadsMax: Int = 1) -> [Double?] {
        let labels = examples.labels
        let weights = examples.weights ?? Array(repeating: 1, count: labels.count)
        switch examples.matrix {
        case .dense(let matrix):
            return concurrently(matrix.columnCount, threadsMax: threadsMax) { column in
                var scored = ScoredLabels()
                scored.reserveCapacity(matrix.rowCount)
                for (row, value) in matrix.column(column).enumerated() where value.isFinite {
                    scored.append(score: value, label: labels[row], weight: weights[row])
                }
                return scored.bestArea
            }
        case .compressed(let matrix):
            let all = Balance(labels, weights)
            return concurrently(matrix.columnCount, threadsMax: threadsMax) { column in
                var scored = ScoredLabels()
                var absent = all
                let (rows, values) = matrix.column(column)
                for (row, value) in zip(rows.lazy.map { Int($0) }, values) {
                    absent.remove(label: labels[row], weight: weights[row])
                    guard value.isFinite else { continue }
                    scored.append(score: value, label: labels[row], weight: weights[row])
                }
                if rows.count < matrix.rowCount { scored.append(zeros: absent) }
                return scored.bestArea
            }
        }
    }
}

/// Weights of positive and of negative rows.
private struct Balance {
    private(set) var positives = 0.0
    private(set) var negatives = 0.0

    init(_ labels: [Double], _ weights: [Double]) {
        for (label, weight) in zip(labels, weights) { remove(label: label, weight: -weight) }
    }

    mutating func remove(label: Double, weight: Double) {
        if label > 0.5 { positives -= weight } else { negatives -= weight }
    }
}

extension ScoredLabels {
    /// Area under the ROC curve in the direction that ranks better.
    fileprivate var bestArea: Double? { rocArea.map { max($0, 1 - $0) } }

    /// Two entries for all rows whose score is 0, which tie.
    fileprivate mutating func append(zeros: Balance) {
        append(score: 0, label: 1, weight: max(0, zeros.positives))
        append(score: 0, label: 0, weight: max(0, zeros.negatives))
    }
}
