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
    private var products: [Double] = []
    private(set) var stride = 0
    private(set) var gram: [Double] = []

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

    private mutating func grow(to count: Int) {
        guard count > stride else { return }
        let wider = max(count, min(2 * stride, count + 512), 8)
        var grown = [Double](repeating: 0, count: wider * wider)
        for i in 0..<stride {
            for k in 0..<stride { grown[i * wider + k] = products[i * stride + k] }
        }
        products = grown
        stride = wider
    }

    private mutating func update(from first: Int, _ matrix: DenseMatrix) {
        matrix.gram(
            columns: columns, from: first, weights: curvatures, stride: stride, into: &products)
        means.removeLast(means.count - first)
        let newcomers = Array(columns[first...])
        var sums = [Double](repeating: 0, count: newcomers.count)
        matrix.addTransposedProduct(
            columns: newcomers, vector: curvatures, rows: 0..<matrix.rowCount, to: &sums)
        means += sums
        gram = products
        guard curvatureSum > 0 else { return }
        for i in columns.indices {
            let share = means[i] / curvatureSum
            for k in columns.indices { gram[i * stride + k] -= share * means[k] }
        }
    }
}
