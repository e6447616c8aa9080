/// The penalty of one λ over columns: `Σ threshold |w| + ridge/2 w²`, and bounds.
struct Penalties {
    let lambda: Double
    let alpha: Double
    private let factors: [Double]
    let lower: [Double]
    let upper: [Double]

    /// - Parameters:
    ///   - lower: bounds of standardised weights.
    init(lambda: Double, alpha: Double, factors: [Double], lower: [Double], upper: [Double]) {
        self.lambda = lambda
        self.alpha = alpha
        self.factors = factors
        self.lower = lower
        self.upper = upper
    }

    func with(lambda: Double) -> Penalties {
        Penalties(lambda: lambda, alpha: alpha, factors: factors, lower: lower, upper: upper)
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
