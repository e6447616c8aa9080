internal import Sparse

/// The second-order model of the loss over a working set, its intercept profiled out: `½ ΔᵀGΔ`,
/// `G = Zᵀ H Z - d dᵀ / h`, `d = Zᵀ H 1`, `h = 1ᵀ H 1`.
///
/// H may be of an earlier point: then a step is one of quasi-Newton, and many steps share one
/// matrix, which costs rows × columns² / 2 to make.
///
/// Memory: 8 bytes a pair of columns.
struct GramModel {
    /// More columns go to `ResidualModel`.
    static let columnsMax = 4_096

    private(set) var columns: [Int] = []
    private(set) var curvatures: [Double] = []
    private(set) var curvatureSum = 0.0
    /// d.
    private(set) var means: [Double] = []
    private(set) var stride = 0
    private(set) var gram: [Double] = []

    /// A step along which the slopes changed by less than this part of what the model expects says
    /// nothing of curvature.
    private static let secantMin = 1e-2

    mutating func extend(to all: [Int], _ matrix: DenseMatrix) {
        let first = columns.count
        guard all.count > first else { return }
        columns = all
        grow(to: all.count)
        update(from: first, matrix)
    }

    /// Takes the curvature of another point.
    mutating func refresh(_ curvatures: [Double], _ matrix: DenseMatrix) {
        self.curvatures = curvatures
        curvatureSum = curvatures.reduce(0, +)
        update(from: 0, matrix)
    }

    /// Makes the model agree with the slopes at both ends of a step: `G - Gs(Gs)ᵀ/sᵀGs + yyᵀ/sᵀy`
    /// (Broyden, Fletcher, Goldfarb & Shanno; Nocedal & Wright 2006, equation 6.19). The steps of a
    /// path are alike, so what one has shown serves the next.
    ///
    /// - Parameters:
    ///   - step: changes of the weights, by slot.
    ///   - changes: of the slopes, the intercept's share taken off.
    mutating func correct(step: [Double], changes: [Double]) {
        var expected = [Double](repeating: 0, count: columns.count)
        for k in columns.indices where step[k] != 0 {
            let row = gram.span.extracting(k * stride..<k * stride + columns.count)
            for i in row.indices { expected[i] += step[k] * row[i] }
        }
        let curvature = zip(step, expected).reduce(0) { $0 + $1.0 * $1.1 }
        let found = zip(step, changes).reduce(0) { $0 + $1.0 * $1.1 }
        guard curvature > 0, found > Self.secantMin * curvature else { return }
        let (count, stride) = (columns.count, stride)
        var target = gram.mutableSpan
        for i in 0..<count {
            let (less, more) = (expected[i] / curvature, changes[i] / found)
            for k in 0..<count {
                target[i * stride + k] += more * changes[k] - less * expected[k]
            }
        }
    }

    private mutating func grow(to count: Int) {
        guard count > stride else { return }
        let wider = max(count, min(2 * stride, count + 512), 8)
        var grown = [Double](repeating: 0, count: wider * wider)
        for i in 0..<stride {
            for k in 0..<stride { grown[i * wider + k] = gram[i * stride + k] }
        }
        gram = grown
        stride = wider
    }

    private mutating func update(from first: Int, _ matrix: DenseMatrix) {
        matrix.gram(
            columns: columns, from: first, weights: curvatures, stride: stride, into: &gram)
        means.removeLast(means.count - first)
        let newcomers = Array(columns[first...])
        var sums = [Double](repeating: 0, count: newcomers.count)
        matrix.addTransposedProduct(
            columns: newcomers, vector: curvatures, rows: 0..<matrix.rowCount, to: &sums)
        means += sums
        guard curvatureSum > 0 else { return }
        for i in first..<columns.count {
            let share = means[i] / curvatureSum
            for k in 0...i {
                gram[i * stride + k] -= share * means[k]
                gram[k * stride + i] = gram[i * stride + k]
            }
        }
    }
}
