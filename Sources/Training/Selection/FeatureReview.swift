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
    static let comparedMax = 2_000

    /// Best alone first; of columns that are stored whole.
    public let suspects: [Suspect]
    /// Columns that correlate, directly or through others; largest groups first.
    public let groups: [[Int]]
    /// By column; nil where there is nothing to rank.
    public let rocAreas: [Double?]

    /// O(rows log rows) a column, and O(rows) a pair of columns.
    public init(_ examples: Examples, design: Design) {
        let columns = 0..<min(design.columnCount, examples.unscaledFrom)
        var areas = [Double?](repeating: nil, count: design.columnCount)
        if case .dense(let matrix) = examples.matrix {
            for column in columns where design.isUsable(column) {
                areas[column] = Self.area(matrix.column(column), examples.labels)
            }
        }
        rocAreas = areas
        suspects = areas.enumerated().compactMap { column, area in
            area.flatMap { $0 > Self.rocAreaMax ? Suspect(column: column, rocArea: $0) : nil }
        }.sorted { ($1.rocArea, $0.column) < ($0.rocArea, $1.column) }
        groups = Self.groups(design, Array(columns.filter { design.isUsable($0) }))
    }

    private static func area(_ values: ArraySlice<Double>, _ labels: [Double]) -> Double? {
        var scored = ScoredLabels()
        for (value, label) in zip(values, labels) where value.isFinite {
            scored.append(score: value, label: label)
        }
        return scored.rocArea.map { max($0, 1 - $0) }
    }

    private static func groups(_ design: Design, _ columns: [Int]) -> [[Int]] {
        guard case .dense(let matrix) = design.matrix, columns.count <= comparedMax else {
            return []
        }
        var products = [Double](repeating: 0, count: columns.count * columns.count)
        matrix.gram(
            columns: columns, from: 0, weights: design.weights, stride: columns.count,
            into: &products)
        var leader = Array(columns.indices)
        func find(_ place: Int) -> Int {
            var place = place
            while leader[place] != place { place = leader[place] }
            return place
        }
        for i in columns.indices {
            for k in 0..<i {
                let norm = (products[i * columns.count + i] * products[k * columns.count + k])
                    .squareRoot()
                guard abs(products[i * columns.count + k]) > correlationMax * norm else { continue }
                let (a, b) = (find(i), find(k))
                leader[max(a, b)] = min(a, b)
            }
        }
        let members = Dictionary(grouping: columns.indices, by: find)
        return members.values.filter { $0.count > 1 }.map { $0.map { columns[$0] } }
            .sorted { ($1.count, $0[0]) < ($0.count, $1[0]) }
    }
}
