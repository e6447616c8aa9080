import Model
import Sparse
import TestSupport
import Testing

@testable import Training

/// What the review of features finds, in either form of the table.
@Suite struct FeatureReviewTests {
    private static let rowCount = 300
    private let labels = (0..<Self.rowCount).map { $0 % 3 == 0 ? 1.0 : 0 }

    private func noise(seed: UInt64, upTo high: Double = 1) -> [Double] {
        var random = SeededGenerator(seed)
        return labels.map { _ in Double.random(in: 0...high, using: &random) }
    }

    private func examples(_ columns: [[Double]], weights: [Double]? = nil) -> Examples {
        let matrix = DenseMatrix(
            rowCount: labels.count, columnCount: columns.count, values: columns.flatMap { $0 })
        return Examples(matrix: .dense(matrix), labels: labels, weights: weights)
    }

    /// The same with numeric columns stored whole, and a hashed one of two buckets behind them.
    private func hashed(_ columns: [[Double]], weights: [Double]? = nil) -> Examples {
        var matrix = CompressedMatrix(rowCount: labels.count)
        for column in columns {
            matrix.appendColumn(column.enumerated().map { ($0, $1) })
        }
        matrix.appendColumn(labels.indices.filter { $0 % 7 < 4 }.map { ($0, 1) })
        // A category that stands for the label, but for a row of each kind.
        matrix.appendColumn(
            labels.indices.filter { (labels[$0] == 1) != ($0 == 3 || $0 == 4) }.map { ($0, 1) })
        var examples = Examples(matrix: .compressed(matrix), labels: labels, weights: weights)
        examples.unscaledFrom = columns.count
        return examples
    }

    private func review(_ examples: Examples) throws -> FeatureReview {
        let areas = FeatureReview.areas(examples, threadsMax: 2)
        return FeatureReview(
            areas: areas, design: try Design(examples), numericCount: examples.unscaledFrom)
    }

    private var columns: [[Double]] {
        let free = noise(seed: 1)
        let near = zip(free, noise(seed: 2, upTo: 0.01)).map { 5 - 2 * $0 + $1 }
        let knows = zip(labels, noise(seed: 3, upTo: 0.5)).map { -$0 + $1 }
        var gaps = noise(seed: 4)
        for row in stride(from: 0, to: gaps.count, by: 5) { gaps[row] = .nan }
        return [noise(seed: 5), free, knows, near, gaps]
    }

    @Test func suspectsAndGroupsAreFound() throws {
        let review = try review(examples(columns))
        #expect(review.suspects == [.init(column: 2, rocArea: 1)])
        #expect(review.groups == [[1, 3]] && review.ranks)
    }

    /// A hashed input takes no numeric one out of the review, and is itself in it.
    @Test func aHashedInputIsReviewedToo() throws {
        let dense = try review(examples(columns))
        let sparse = try review(hashed(columns))
        #expect(Array(sparse.rocAreas.prefix(5)) == dense.rocAreas)
        #expect(sparse.suspects.map(\.column) == [2, 6] && sparse.groups == [[1, 3]])
        // Of a category the area is (1 + recall - false alarms) / 2.
        let area = (1 + 99.0 / 100 - 1.0 / 200) / 2
        #expect(abs(try #require(sparse.rocAreas[6]) - area) < 1e-12)
    }

    /// Rows of no weight say nothing, and others count by theirs.
    @Test(arguments: [false, true]) func rowsCountByTheirWeight(isHashed: Bool) throws {
        let told = labels.enumerated().map { $0 % 10 == 0 ? 1 - $1 : $1 }
        let weights = labels.indices.map { $0 % 10 == 0 ? 0.0 : 2 }
        func area(_ weights: [Double]?) throws -> Double {
            let table =
                isHashed ? hashed([told], weights: weights) : examples([told], weights: weights)
            return try #require(try review(table).rocAreas[0])
        }
        #expect(try area(nil) < 0.95)
        #expect(try area(weights) == 1)
    }

    /// No two of a sum and its terms correlate much, but together they do.
    @Test(arguments: [false, true]) func sumsOfOthersAreFound(isHashed: Bool) throws {
        let (a, b, c) = (noise(seed: 1), noise(seed: 2), noise(seed: 3))
        let exact = zip(a, b).map { $0 + $1 }
        let nearly = zip(exact, noise(seed: 6, upTo: 0.05)).map { $0 + $1 }
        let twin = a.map { 1 - 3 * $0 }
        for sum in [exact, nearly] {
            for others in [[c, a, b, sum], [c, a, b, sum, twin]] {
                let review = try review(isHashed ? hashed(others) : examples(others))
                #expect(review.groups == [Array(1..<others.count)])
            }
        }
        let far = zip(exact, noise(seed: 6, upTo: 1)).map { $0 + $1 }
        let review = try review(isHashed ? hashed([c, a, b, far]) : examples([c, a, b, far]))
        #expect(review.groups == [])
    }

    @Test func labelsOfOneSideRankNothing() throws {
        var table = examples(columns)
        table.labels = noise(seed: 9).map { $0 + 1 }
        let review = try review(table)
        #expect(!review.ranks && review.suspects.isEmpty && review.groups == [[1, 3]])
    }
}
