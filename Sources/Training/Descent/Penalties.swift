/// The penalty of one λ over columns: `Σ threshold |w| + ridge/2 w²`, and bounds.
///
/// Of a group of columns, |w| is the length of their weights; the first column stands for them all.
struct Penalties {
    let lambda: Double
    let alpha: Double
    private let factors: [Double]
    let lower: [Double]
    let upper: [Double]
    private let groups: ColumnGroups
    /// Whether weights of several columns are penalised as one: ridge alone is of each.
    let couples: Bool

    /// - Parameters:
    ///   - factors: of columns, groups' √k included.
    ///   - lower: bounds of standardised weights.
    init(
        lambda: Double, alpha: Double, factors: [Double], lower: [Double], upper: [Double],
        groups: ColumnGroups
    ) {
        self.lambda = lambda
        self.alpha = alpha
        self.factors = factors
        self.lower = lower
        self.upper = upper
        self.groups = groups
        couples = !groups.isEmpty && lambda * alpha > 0
    }

    func with(lambda: Double) -> Penalties {
        Penalties(
            lambda: lambda, alpha: alpha, factors: factors, lower: lower, upper: upper,
            groups: groups)
    }

    /// Columns whose penalty this column stands for: its group if it is the first of it, itself
    /// alone, and none for another of a group.
    func block(_ column: Int) -> [Int] {
        guard couples, threshold(column) > 0, let members = groups.members(with: column) else {
            return [column]
        }
        return members[0] == column ? members : []
    }

    /// How many columns those are.
    func span(_ column: Int) -> Int { couples ? block(column).count : 1 }

    /// The penalty that a column stands for.
    func share(of column: Int, in weights: [Double]) -> Double {
        couples
            ? value(length(block(column).lazy.map { weights[$0] }), column)
            : value(weights[column], column)
    }

    func threshold(_ column: Int) -> Double { lambda * alpha * factors[column] }
    func ridge(_ column: Int) -> Double { lambda * (1 - alpha) * factors[column] }
    func factor(_ column: Int) -> Double { factors[column] }

    func value(_ weight: Double, _ column: Int) -> Double {
        threshold(column) * abs(weight) + 0.5 * ridge(column) * weight * weight
    }

    /// The weight that minimises `curvature/2 w² - pull w` and the penalty, within the bounds.
    func minimizer(pull: Double, curvature: Double, _ column: Int) -> Double {
        let threshold = threshold(column)
        let excess = pull > threshold ? pull - threshold : pull < -threshold ? pull + threshold : 0
        let sum = curvature + ridge(column)
        guard excess != 0, sum > 0 else { return 0 }
        return max(lower[column], min(upper[column], excess / sum))
    }

    /// What the pulls at a block are multiplied by to give the weights that minimise
    /// `curvature/2 ‖w‖² - pullᵀw` and the penalty: the group soft-threshold (Yuan & Lin 2006).
    func shrinkage(ofPull length: Double, curvature: Double, _ column: Int) -> Double {
        length > 0 ? minimizer(pull: length, curvature: curvature, column) / length : 0
    }

    /// `sup_w u w - penalty(w)` within the bounds: the conjugate of the penalty. Infinite where the
    /// penalty does not hold the pull.
    func conjugate(_ u: Double, _ column: Int) -> Double {
        let threshold = threshold(column)
        let excess = abs(u) - threshold
        guard excess > 0 else { return 0 }
        let bound = u > 0 ? upper[column] : -lower[column]
        guard bound > 0 else { return 0 }
        let ridge = ridge(column)
        if ridge > 0, excess / ridge <= bound { return excess * excess / (2 * ridge) }
        return bound.isFinite ? excess * bound - 0.5 * ridge * bound * bound : .infinity
    }

    /// Whether nothing but a pull of 0 in this direction has a finite conjugate.
    func isFree(_ column: Int, pull u: Double) -> Bool {
        guard threshold(column) == 0, ridge(column) == 0 else { return false }
        return (u > 0 ? upper[column] : -lower[column]) == .infinity
    }
}

/// `‖v‖₂`.
func length(_ values: some Sequence<Double>) -> Double {
    values.reduce(0) { $0 + $1 * $1 }.squareRoot()
}
