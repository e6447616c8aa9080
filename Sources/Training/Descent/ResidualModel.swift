internal import Sparse

/// The same model and step as `GramModel` and `QuadraticStep`, over rows instead of pairs of
/// columns: a coordinate costs its stored values. For compressed columns and large working sets.
///
/// Every five cycles the iterates are extrapolated (Anderson acceleration, Bertrand & Massias
/// 2021), which is taken when it lowers the model.
struct ResidualModel {
    private let matrix: FeatureMatrix
    private let penalties: Penalties
    private let columns: [Int]
    private let curvatures: [Double]
    private let curvatureSum: Double
    private let start: [Double]
    private(set) var weights: [Double]
    /// Model's derivative by each row's margin, the common shift aside.
    private var residuals: [Double]
    private var residualSum: Double
    /// d and the profiled curvature of each column.
    private let means: [Double]
    private let diagonal: [Double]
    /// By slot: columns that it stands for, and a bound of their curvature in any direction.
    private let spans: [Int]
    private let bounds: [Double]
    private(set) var epochs = 0

    private static let epochsMax = 5_000
    private static let memory = 5

    init(
        _ design: Design, _ penalties: Penalties, columns: [Int], state: RowState,
        weights: [Double]
    ) {
        let (curvatures, sum) = (state.curvatures, state.curvatureSum)
        matrix = design.matrix
        self.penalties = penalties
        self.columns = columns
        self.curvatures = curvatures
        curvatureSum = sum
        start = weights
        self.weights = weights
        residuals = state.weighted
        residualSum = state.slopeSum
        let moments = columns.map { design.matrix.moments(column: $0, weights: curvatures) }
        means = moments.map(\.sum)
        let diagonal = moments.map { $0.squares - (sum > 0 ? $0.sum * $0.sum / sum : 0) }
        self.diagonal = diagonal
        let spans = columns.map { penalties.span($0) }
        self.spans = spans
        bounds = columns.indices.map { k in
            guard spans[k] > 1 else { return diagonal[k] }
            let block = columns[k..<k + spans[k]]
            let trace = diagonal[k..<k + spans[k]].reduce(0, +)
            return min(trace, design.matrix.curvatureBound(of: block, weights: curvatures) ?? trace)
        }
    }

    /// What all margins move by, beside the columns: the profiled intercept.
    var shift: Double { curvatureSum > 0 ? -residualSum / curvatureSum : 0 }

    /// Descends until no coordinate moves by more than `tolerance`, in units of the gradient.
    mutating func minimize(tolerance: Double) {
        while epochs < Self.epochsMax {
            guard epoch(Array(weights.indices)) > tolerance else { return }
            let support = weights.indices.filter { k in
                weights[k..<k + spans[k]].contains { $0 != 0 }
            }
            let moving = support.flatMap { $0..<$0 + spans[$0] }
            var history = [weights]
            for _ in 0..<Self.memory * 4 {
                guard epoch(support) > tolerance else { break }
                history.append(weights)
                guard history.count > Self.memory else { continue }
                extrapolate(history, moving)
                history = [weights]
            }
        }
    }

    private mutating func epoch(_ slots: [Int]) -> Double {
        epochs += 1
        var largest = 0.0
        for k in slots where spans[k] > 0 && bounds[k] > 0 {
            if spans[k] > 1 {
                largest = max(largest, moveBlock(k..<k + spans[k]))
                continue
            }
            let slope = dot(k) + shift * means[k]
            let weight = penalties.minimizer(
                pull: diagonal[k] * weights[k] - slope, curvature: diagonal[k], columns[k])
            let change = weight - weights[k]
            guard change != 0 else { continue }
            move(k, by: change)
            largest = max(largest, abs(change) * diagonal[k])
        }
        return largest
    }

    private mutating func moveBlock(_ slots: Range<Int>) -> Double {
        let bound = bounds[slots.lowerBound]
        let shift = shift
        let pulls = slots.map { bound * weights[$0] - dot($0) - shift * means[$0] }
        let part = penalties.shrinkage(
            ofPull: length(pulls), curvature: bound, columns[slots.lowerBound])
        var largest = 0.0
        for (k, pull) in zip(slots, pulls) where part * pull != weights[k] {
            let change = part * pull - weights[k]
            move(k, by: change)
            largest = max(largest, abs(change) * bound)
        }
        return largest
    }

    private func dot(_ k: Int) -> Double {
        switch matrix {
        case .dense(let matrix):
            var result = [0.0]
            matrix.addTransposedProduct(
                columns: [columns[k]], vector: residuals.span, rows: 0..<residuals.count,
                to: &result)
            return result[0]
        case .compressed(let matrix): return matrix.dot(column: columns[k], residuals)
        }
    }

    private mutating func move(_ k: Int, by change: Double) {
        weights[k] += change
        residualSum += change * means[k]
        switch matrix {
        case .dense(let matrix):
            matrix.add(column: columns[k], times: change, weights: curvatures, to: &residuals)
        case .compressed(let matrix):
            matrix.add(column: columns[k], times: change, weights: curvatures, to: &residuals)
        }
    }

    /// The combination of the last iterates whose differences nearly cancel, if it is better.
    private mutating func extrapolate(_ history: [[Double]], _ support: [Int]) {
        let count = history.count - 1
        let differences = (0..<count).map { place in
            support.map { history[place + 1][$0] - history[place][$0] }
        }
        var matrix = [Double](repeating: 0, count: count * count)
        for a in 0..<count {
            for b in 0...a {
                matrix[a * count + b] = zip(differences[a], differences[b]).reduce(0) {
                    $0 + $1.0 * $1.1
                }
            }
        }
        let trace = (0..<count).reduce(0) { $0 + matrix[$1 * count + $1] }
        for a in 0..<count { matrix[a * count + a] += 1e-12 * trace }
        guard
            let parts = Cholesky(&matrix, count: count)?.solve(
                Array(repeating: 1, count: count))
        else { return }
        let sum = parts.reduce(0, +)
        guard sum.isFinite, abs(sum) > 1e-300 else { return }
        let before = (self.weights, residuals, residualSum, value)
        for k in support {
            var goal = 0.0
            for place in 0..<count { goal += parts[place] / sum * history[place + 1][k] }
            let column = columns[k]
            goal = max(penalties.lower[column], min(penalties.upper[column], goal))
            if goal != weights[k], goal.isFinite { move(k, by: goal - weights[k]) }
        }
        if !(value < before.3) {
            (weights, residuals, residualSum) = (before.0, before.1, before.2)
        }
    }

    /// The model at `weights`, up to a constant: `½ Σ r²/c` of the rows' residuals.
    private var value: Double {
        let shift = shift
        var sum = 0.0
        for row in residuals.indices where curvatures[row] > 0 {
            let residual = residuals[row] + shift * curvatures[row]
            sum += residual * residual / curvatures[row]
        }
        sum *= 0.5
        for k in weights.indices where spans[k] > 0 {
            let weight = spans[k] == 1 ? weights[k] : length(weights[k..<k + spans[k]])
            if weight != 0 { sum += penalties.value(weight, columns[k]) }
        }
        return sum
    }
}

extension DenseMatrix {
    /// `target[row] += coefficient · weights[row] · self[row, column]`.
    fileprivate func add(
        column: Int, times coefficient: Double, weights: [Double], to target: inout [Double]
    ) {
        let values = self.column(column)
        for (row, value) in zip(target.indices, values) {
            target[row] += coefficient * weights[row] * value
        }
    }
}

extension FeatureMatrix {
    /// At least the largest `Σ weights · (Zv)²` over `‖v‖ = 1` of compressed columns: a row that
    /// has m of them counts m times (Cauchy-Schwarz), which for categories is once. Nil of dense
    /// ones.
    fileprivate func curvatureBound(of columns: ArraySlice<Int>, weights: [Double]) -> Double? {
        guard case .compressed(let matrix) = self else { return nil }
        var counts: [UInt32: Double] = [:]
        for column in columns {
            for row in matrix.column(column).rows { counts[row, default: 0] += 1 }
        }
        return columns.lazy.map { column in
            let (rows, values) = matrix.column(column)
            return zip(rows, values).reduce(0) {
                $0 + weights[Int($1.0)] * (counts[$1.0] ?? 1) * $1.1 * $1.1
            }
        }.max()
    }
}
