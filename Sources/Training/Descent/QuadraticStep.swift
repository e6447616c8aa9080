/// Minimises `gᵀΔ + ½ ΔᵀGΔ + penalty(w + Δ)` by cyclic coordinate descent (Friedman, Hastie &
/// Tibshirani 2010, "covariance updates"), with exact solves on the support where that converges
/// slowly. A group's columns move as one block, in a model whose curvature is the same bound in all
/// directions (Qin, Scheinberg & Goldfarb 2013).
struct QuadraticStep {
    private let model: GramModel
    private let penalties: Penalties
    private let columns: [Int]
    private let start: [Double]
    private let gradient: [Double]
    private(set) var weights: [Double]
    /// `g + GΔ`.
    private var slopes: [Double]
    /// By slot: columns that it stands for, which are its neighbours; 0 for the others of a group.
    private let spans: [Int]
    private(set) var epochs = 0

    private static let epochsMax = 20_000
    /// Epochs on the support before an exact solve, at least; and one for so many weights, which
    /// is when they have cost as much.
    private static let patienceMin = 12
    private static let weightsPerEpoch = 4

    /// - Parameters:
    ///   - gradient: by the model's columns, the intercept's share taken off.
    ///   - weights: where the step starts.
    init(
        _ model: GramModel, _ penalties: Penalties, gradient: [Double], weights: [Double]
    ) {
        self.model = model
        self.penalties = penalties
        columns = model.columns
        spans = columns.map { penalties.span($0) }
        start = weights
        self.gradient = gradient
        self.weights = weights
        slopes = gradient
    }

    /// Descends until no coordinate moves by more than `tolerance`, in units of the gradient.
    mutating func minimize(tolerance: Double) {
        // The length of a group's weights has no exact solve.
        var isSolvable = !penalties.couples
        while epochs < Self.epochsMax {
            guard epoch(weights.indices.map { $0 }) > tolerance else { return }
            let support = weights.indices.filter { k in
                weights[k..<k + spans[k]].contains { $0 != 0 }
            }
            let patience = max(Self.patienceMin, support.count / Self.weightsPerEpoch)
            var inner = 0
            while inner < patience, epoch(support) > tolerance { inner += 1 }
            if inner == patience, isSolvable { isSolvable = solveSupport() }
        }
    }

    /// One cycle; the largest move.
    private mutating func epoch(_ slots: [Int]) -> Double {
        epochs += 1
        var largest = 0.0
        for k in slots where spans[k] > 0 {
            if spans[k] > 1 {
                largest = max(largest, moveBlock(k..<k + spans[k]))
                continue
            }
            let curvature = model.gram[k * model.stride + k]
            guard curvature > 0 else { continue }
            let weight = penalties.minimizer(
                pull: curvature * weights[k] - slopes[k], curvature: curvature, columns[k])
            let change = weight - weights[k]
            guard change != 0 else { continue }
            weights[k] = weight
            Self.add(change, k, model, to: &slopes)
            largest = max(largest, abs(change) * curvature)
        }
        return largest
    }

    private mutating func moveBlock(_ slots: Range<Int>) -> Double {
        let column = columns[slots.lowerBound]
        let bound = curvatureBound(slots)
        let pulls = slots.map { bound * weights[$0] - slopes[$0] }
        let part = penalties.shrinkage(ofPull: length(pulls), curvature: bound, column)
        var largest = 0.0
        for (k, pull) in zip(slots, pulls) where part * pull != weights[k] {
            let change = part * pull - weights[k]
            weights[k] = part * pull
            Self.add(change, k, model, to: &slopes)
            largest = max(largest, abs(change) * bound)
        }
        return largest
    }

    /// At least the largest curvature in any direction: largest sum of a row's absolute values.
    private func curvatureBound(_ slots: Range<Int>) -> Double {
        slots.lazy.map { [model] row in
            slots.reduce(0) { $0 + abs(model.gram[row * model.stride + $1]) }
        }.max() ?? 0
    }

    private static func add(
        _ change: Double, _ k: Int, _ model: GramModel, to slopes: inout [Double]
    ) {
        let row = model.gram.span.extracting(k * model.stride..<k * model.stride + slopes.count)
        var slopes = slopes.mutableSpan
        for i in row.indices { slopes[i] += change * row[i] }
    }

    /// Goes to the minimum over the weights that are neither 0 nor at a bound, or as far as none
    /// of them changes its sign or leaves its bounds. False if that has no unique minimum.
    private mutating func solveSupport() -> Bool {
        for _ in 0..<columns.count {
            let free = weights.indices.filter { isFree($0) }
            guard !free.isEmpty, let move = newtonMove(free) else { return free.isEmpty }
            var reach = 1.0
            var blocking: (slot: Int, at: Double)?
            for (k, change) in zip(free, move) {
                let goal = weights[k] + change
                let low = weights[k] > 0 ? 0 : penalties.lower[columns[k]]
                let high = weights[k] > 0 ? penalties.upper[columns[k]] : 0
                guard goal < low || goal > high else { continue }
                let end = goal < low ? low : high
                let part = (end - weights[k]) / change
                if part < reach { (reach, blocking) = (part, (k, end)) }
            }
            for (k, change) in zip(free, move) { weights[k] += reach * change }
            if let blocking { weights[blocking.slot] = blocking.at }
            recomputeSlopes()
            if blocking == nil { return true }
        }
        return true
    }

    private func isFree(_ k: Int) -> Bool {
        let column = columns[k]
        return weights[k] != 0 && weights[k] > penalties.lower[column]
            && weights[k] < penalties.upper[column]
    }

    private func newtonMove(_ free: [Int]) -> [Double]? {
        let n = free.count
        var matrix = [Double](repeating: 0, count: n * n)
        var target = [Double](repeating: 0, count: n)
        for (a, i) in free.enumerated() {
            let column = columns[i]
            for (b, k) in free[...a].enumerated() {
                matrix[a * n + b] = model.gram[i * model.stride + k]
            }
            matrix[a * n + a] += penalties.ridge(column)
            let sign = weights[i] > 0 ? 1.0 : -1
            target[a] =
                -(slopes[i] + penalties.ridge(column) * weights[i]
                + sign * penalties.threshold(column))
        }
        return Cholesky(&matrix, count: n)?.solve(target)
    }

    /// Without what rounding added up.
    private mutating func recomputeSlopes() {
        slopes = gradient
        for k in weights.indices where weights[k] != start[k] {
            Self.add(weights[k] - start[k], k, model, to: &slopes)
        }
    }
}
