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

    mutating func extend(to all: [Int], _ design: Design) {
        let first = columns.count
        guard all.count > first else { return }
        columns = all
        grow(to: all.count)
        update(from: first, design)
    }

    /// Takes the curvature of another point.
    mutating func refresh(_ state: RowState, _ design: Design) {
        curvatures = state.curvatures
        curvatureSum = state.curvatureSum
        update(from: 0, design)
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

    private mutating func update(from first: Int, _ design: Design) {
        let products = design.products(columns, from: first, curvatures: curvatures)
        means.removeLast(means.count - first)
        means += products.means
        guard curvatureSum > 0 else { return }
        for i in first..<columns.count {
            let share = means[i] / curvatureSum
            let row = (i - first) * columns.count
            for k in 0...i {
                let product = products.matrix[row + k] - share * means[k]
                gram[i * stride + k] = product
                gram[k * stride + i] = product
            }
        }
    }
}

extension Design {
    /// Spans whose products are held at once.
    private static let productsMax = 16

    /// `ZᵀHZ` and `ZᵀH1` of dense columns from the first on, the products with all before them too.
    fileprivate func products(
        _ columns: [Int], from first: Int, curvatures: [Double]
    ) -> (matrix: [Double], means: [Double]) {
        guard case .dense(let matrix) = matrix else { preconditionFailure("compressed columns") }
        let newcomers = Array(columns[first...])
        // The products take a quarter of the columns' memory at most.
        let held = max(1, min(Self.productsMax, rowCount / (4 * max(1, columns.count))))
        let parts = spans.joined(to: held).map { rows in
            var means = [Double](repeating: 0, count: newcomers.count)
            matrix.addTransposedProduct(
                columns: newcomers, vector: curvatures.span.extracting(rows), rows: rows, to: &means
            )
            let products = matrix.gram(
                columns: columns, from: first, weights: curvatures, rows: rows)
            return (matrix: products, means: means)
        }
        guard var total = parts.first else {
            return (Array(repeating: 0, count: newcomers.count * columns.count), [])
        }
        for part in parts.dropFirst() {
            for place in part.matrix.indices { total.matrix[place] += part.matrix[place] }
            for place in part.means.indices { total.means[place] += part.means[place] }
        }
        return total
    }
}
