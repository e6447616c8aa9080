internal import Glibc
internal import Model
internal import Sparse

/// A dual feasible point near the rows' slopes, and the bound it gives: no weights whatever reach
/// an objective below `dualValue`.
///
/// The slopes are first brought to be orthogonal to the intercept and to columns without penalty
/// (one Newton step of the dual), then shrunk until every penalty holds its column's pull (Massias,
/// Gramfort & Salmon 2018).
struct Certificate {
    /// The bound; -∞ while the slopes are too far from feasible.
    private(set) var dualValue = -Double.infinity
    /// What the slopes were multiplied by.
    private(set) var shrinkage = 1.0
    /// How much the step may have changed the pull of a column of norm 1.
    private(set) var slack = 0.0

    /// Pull, beyond rounding, of a column that depends on others: if it is more, the column is not
    /// quite their sum, and the bound would not hold.
    private static let pullMax = 1e-12

    /// Columns without penalty at most: the step solves that many equations.
    static let freeMax = 4_096

    /// - Parameters:
    ///   - columns: those that are not proved to have no weight.
    ///   - gradient: by all columns, current for these.
    ///   - target: a bound that is good enough; one from below it is worked out in full.
    ///   - floor: below this no better bound is looked for.
    init(
        _ design: Design, _ loss: Loss, _ state: RowState, _ penalties: Penalties, columns: [Int],
        gradient: [Double], target: Double, floor: Double
    ) {
        let free = columns.filter { penalties.isFree($0, pull: -gradient[$0]) }
        guard let feasible = orthogonal(design, loss, state, free) else { return }
        let isFree = Set(free)
        var pulls: [(column: Int, pull: Double)] = []
        for column in columns where !isFree.contains(column) {
            let threshold = penalties.threshold(column)
            let block = penalties.couples ? penalties.block(column) : nil
            let known = block.map { length($0.lazy.map { gradient[$0] }) } ?? abs(gradient[column])
            let pull = known + slack * design.norm(penalties, column)
            guard pull > threshold else { continue }
            let isNegative = (block?.count ?? 1) == 1 && gradient[column] > 0
            pulls.append((column, isNegative ? -pull : pull))
        }
        // Shrunk until no penalty is exceeded at all, or until none is exceeded without bound.
        var held = 1.0
        var bounded = 1.0
        for (column, pull) in pulls {
            let conjugate = penalties.conjugate(pull, column)
            let ratio = penalties.threshold(column) / abs(pull)
            if conjugate > 0 { held = min(held, ratio) }
            if conjugate == .infinity { bounded = min(bounded, ratio) }
        }
        let factors = held < bounded ? [bounded, held] : [held]
        for factor in factors {
            let value =
                -factor * feasible.conjugate - Self.excess(penalties, pulls, factor)
            if value > dualValue { (dualValue, shrinkage) = (value, factor) }
        }
        guard dualValue < target, dualValue >= floor else { return }
        for factor in factors {
            let value =
                -feasible.conjugate(design, loss, state, factor)
                - Self.excess(penalties, pulls, factor)
            if value > dualValue { (dualValue, shrinkage) = (value, factor) }
        }
    }

    /// What penalties do not hold of the pulls.
    private static func excess(
        _ penalties: Penalties, _ pulls: [(column: Int, pull: Double)], _ factor: Double
    ) -> Double {
        var sum = 0.0
        for (column, pull) in pulls {
            // What was shrunk to its threshold must not exceed it by rounding.
            guard abs(pull) * factor > penalties.threshold(column) * (1 + 1e-15) else { continue }
            sum += penalties.conjugate(pull * factor, column)
        }
        return sum
    }

    /// `sup_m t m - loss(m, y)`.
    @inline(__always)
    fileprivate static func conjugate(_ loss: Loss, _ t: Double, _ label: Double) -> Double {
        guard loss == .logistic else { return t * (0.5 * t + label) }
        // For labels 0 and 1 the distance to the label keeps all its digits.
        let p = label == 1 ? -t : label == 0 ? t : t + label
        guard p >= 0, p <= 1 else { return .infinity }
        return (p > 0 ? p * log(p) : 0) + (p < 1 ? (1 - p) * log1p(-p) : 0)
    }

    /// Slopes that are orthogonal to 1 and the free columns: those of the rows less `H v`.
    private struct Feasible {
        /// v; one number for all rows where there are no free columns.
        var shifts: [Double] = []
        var shift = 0.0
        /// At least `Σ a f*(slope)`: what Fenchel's equality gives for the rows' slopes, and for
        /// `v` the bound by the largest curvature of f* on the way, which is `1 / h (1 - |v|)²`.
        ///
        /// Times s it bounds that of slopes shrunk by s, f* being convex and f*(0) ≤ 0.
        var conjugate = 0.0

        /// Adds the rows' shares of the square of what `v` changes, and of the bound; 1 behind them
        /// if the slopes are too far from feasible.
        func addChange(
            _ rows: Range<Int>, _ design: Design, _ state: RowState, isLogistic: Bool,
            to sums: inout [Double]
        ) {
            let (weights, curvatures) = (design.weights.span, state.curvatures.span)
            let (margins, weighted) = (state.margins.span, state.weighted.span)
            let shifts = shifts.span
            var (square, conjugate) = (0.0, 0.0)
            for row in rows where weights[row] > 0 {
                let shift = shifts[row]
                guard abs(shift) < 0.5 || !isLogistic else {
                    sums[2] = 1
                    return
                }
                let change = curvatures[row] * shift
                square += change * change / weights[row]
                let room = isLogistic ? 1 - abs(shift) : 1
                conjugate += (weighted[row] - change) * margins[row]
                conjugate += 0.5 * change * shift / (room * room)
            }
            sums[0] += square
            sums[1] += conjugate
        }

        /// `Σ a f*(factor · slope)`.
        func conjugate(
            _ design: Design, _ loss: Loss, _ state: RowState, _ factor: Double
        ) -> Double {
            design.spans.sums(1) { rows, sums in
                let (labels, weights) = (design.labels.span, design.weights.span)
                let (slopes, curvatures) = (state.slopes.span, state.curvatures.span)
                let shifts = shifts.span
                for row in rows where weights[row] > 0 {
                    let shift = shifts.isEmpty ? shift : shifts[row]
                    let slope = slopes[row] - curvatures[row] / weights[row] * shift
                    sums[0] +=
                        weights[row] * Certificate.conjugate(loss, slope * factor, labels[row])
                }
            }[0]
        }
    }

    /// Sets `slack`; nil when the slopes are too far from feasible.
    private mutating func orthogonal(
        _ design: Design, _ loss: Loss, _ state: RowState, _ free: [Int]
    ) -> Feasible? {
        guard free.count <= Self.freeMax else { return nil }
        let sum = state.curvatureSum
        guard sum > 0 else { return nil }
        var feasible = Feasible(shift: state.slopeSum / sum)
        if !free.isEmpty {
            feasible.shifts = Array(repeating: feasible.shift, count: design.rowCount)
            guard addShares(&feasible.shifts, design, state, free) else { return nil }
        }
        let isLogistic = loss == .logistic
        guard free.isEmpty else {
            let sums = design.spans.sums(3) { [feasible] rows, sums in
                feasible.addChange(rows, design, state, isLogistic: isLogistic, to: &sums)
            }
            guard sums[2] == 0 else { return nil }
            slack = sums[0].squareRoot()
            feasible.conjugate = sums[1] - state.meanLoss
            return feasible
        }
        // The same of one number for all rows, whose sums the state has.
        let shift = feasible.shift
        guard abs(shift) < 0.5 || !isLogistic else { return nil }
        let room = isLogistic ? 1 - abs(shift) : 1
        slack = abs(shift) * state.curvatureSquare.squareRoot()
        feasible.conjugate =
            state.slopeMoment - shift * state.curvatureMoment
            + 0.5 * shift * shift * sum / (room * room) - state.meanLoss
        return feasible
    }

    private func addShares(
        _ shifts: inout [Double], _ design: Design, _ state: RowState, _ free: [Int]
    ) -> Bool {
        let (n, sum) = (free.count, state.curvatureSum)
        var (matrix, means) = design.products(free, weights: state.curvatures)
        var target = design.transposedProduct(free, state.weighted)
        for a in 0..<n { target[a] -= state.slopeSum * means[a] / sum }
        let products = matrix
        let factor = Cholesky(leavingOutDependent: &matrix, count: n)
        let parts = factor.solve(target)
        for a in 0..<n where factor.isLeftOut(a) {
            let held = (0..<n).reduce(0) {
                $0 + products[max(a, $1) * n + min(a, $1)] * parts[$1]
            }
            guard abs(target[a] - held) <= Self.pullMax else { return false }
        }
        design.matrix.addProduct(columns: free, coefficients: parts, to: &shifts)
        let common = (0..<n).reduce(0) { $0 + parts[$1] * means[$1] } / sum
        for row in shifts.indices { shifts[row] -= common }
        return true
    }
}

extension Design {
    /// At least the largest `‖Zv‖` over `‖v‖ = 1` of the columns that a column stands for.
    func norm(_ penalties: Penalties, _ column: Int) -> Double {
        guard penalties.couples else { return squareMeans[column].squareRoot() }
        return penalties.block(column).reduce(0) { $0 + squareMeans[$1] }.squareRoot()
    }
}
