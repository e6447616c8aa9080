import Sparse
import TestSupport
import Testing

/// Weighted inner products against plain sums, for every size of block and of what is new.
@Suite struct GramTests {
    @Test(arguments: [1, 2, 3, 4, 5, 7, 8, 9, 21, 22, 23, 40], [5, 128, 300])
    func productsAreThoseOfPlainSums(columns: Int, rows: Int) {
        var random = SeededGenerator(UInt64(columns * 1_000 + rows))
        var matrix = DenseMatrix(rowCount: rows, columnCount: columns + 2)
        for row in 0..<rows {
            for column in 0..<columns + 2 {
                matrix[row, column] = Double.random(in: -1...1, using: &random)
            }
        }
        let weights = (0..<rows).map { _ in Double.random(in: 0...2, using: &random) }
        let chosen = Array(0..<columns + 2).shuffled(using: &random).prefix(columns)
        // As a working set grows, and of some rows as well.
        for first in [0, columns / 2] {
            for part in [0..<rows, rows / 3..<rows - rows / 4] {
                let gram = matrix.gram(
                    columns: Array(chosen), from: first, weights: weights, rows: part)
                for i in first..<columns {
                    for k in 0...i {
                        let sum = part.reduce(0) {
                            $0 + weights[$1] * matrix[$1, chosen[i]] * matrix[$1, chosen[k]]
                        }
                        let found = gram[(i - first) * columns + k]
                        #expect(abs(found - sum) < 1e-11, "\(i), \(k) from \(first), \(part)")
                    }
                }
            }
        }
    }

    @Test(arguments: [1, 3, 4, 6, 9]) func productsWithVectors(columns: Int) {
        var random = SeededGenerator(UInt64(columns))
        var matrix = DenseMatrix(rowCount: 37, columnCount: columns)
        for row in 0..<37 {
            for column in 0..<columns {
                matrix[row, column] = Double.random(in: -1...1, using: &random)
            }
        }
        let vector = (0..<37).map { _ in Double.random(in: -1...1, using: &random) }
        let weights = (0..<columns).map { _ in Double.random(in: -1...1, using: &random) }
        let all = Array(0..<columns)
        var sums = [Double](repeating: 1, count: columns)
        matrix.addTransposedProduct(
            columns: all, vector: vector.span.extracting(5..<33), rows: 5..<33, to: &sums)
        var target = vector
        var moved = target.mutableSpan
        matrix.addProduct(columns: all, coefficients: weights, rows: 5..<33, to: &moved)
        for column in all {
            let sum = (5..<33).reduce(1) { $0 + matrix[$1, column] * vector[$1] }
            #expect(abs(sums[column] - sum) < 1e-13)
        }
        for row in 0..<37 {
            let moved = (5..<33).contains(row)
            let sum = all.reduce(vector[row]) { $0 + (moved ? weights[$1] * matrix[row, $1] : 0) }
            #expect(abs(target[row] - sum) < 1e-13)
        }
    }
}
