/// FTRL-Proximal with per-coordinate learning rates: Algorithm 1 of McMahan et al., "Ad Click
/// Prediction: a View from the Trenches", KDD 2013.
///
/// State per coordinate: `z` (the gradients' sum less `σ w`) and `n` (the sum of squared
/// gradients). A weight is not stored; it is what `z` and `n` imply when it is asked for (the
/// paper's first line inside the loop):
///
///     w = 0                                                   if |z| ≤ p λ1
///     w = -(z - sgn(z) p λ1) / ((β + √n)/α + p λ2)            otherwise
///
/// and after a gradient g:  σ = (√(n + g²) - √n)/α,  z += g - σ w,  n += g².
/// `p` is the coordinate's penalty factor: 1 as a rule, 0 for what must never be shrunk.
///
/// The sum minimised is `Σ loss + λ1 Σ p|w| + λ2/2 Σ p w²`: λ1 and λ2 do not grow with the number
/// of examples. Memory: 32 bytes per index. Learning allocates nothing once the scratch buffer is
/// as long as the longest vector.
public struct FTRLProximal: Sendable {
    /// The settings of Algorithm 1.
    public struct Parameters: Equatable, Sendable {
        /// Learning rate: the step of a coordinate is about α / (β + √n).
        public var alpha = 0.3
        /// Holds back the first steps of a coordinate.
        public var beta = 1.0
        public var l1 = 1.0
        public var l2 = 0.0

        public init(alpha: Double = 0.3, beta: Double = 1, l1: Double = 1, l2: Double = 0) {
            self.alpha = alpha
            self.beta = beta
            self.l1 = l1
            self.l2 = l2
        }

        /// α > 0; β, λ1, λ2 ≥ 0; all finite.
        public var areValid: Bool {
            alpha > 0 && beta >= 0 && l1 >= 0 && l2 >= 0
                && [alpha, beta, l1, l2].allSatisfy(\.isFinite)
        }
    }

    /// What is kept for one index: 32 bytes, half a cache line.
    struct Coordinate: BitwiseCopyable {
        var z = 0.0
        var n = 0.0
        var penaltyFactor = 1.0
        /// Not 0 when the coordinate learned since the last `drainTouched`.
        var touched: UInt64 = 0
    }

    /// The constant feature that every example has beside its vector.
    public enum Intercept: Sendable {
        /// The vector holds a constant itself, or there is none.
        case none
        case unpenalised
    }

    /// A gradient is cut to ± this, so that sums of squares stay finite whatever the input.
    static let gradientMax = 1e100

    public let parameters: Parameters
    public let hasIntercept: Bool
    /// Indices are below this; the intercept's coordinate stands behind them.
    public let width: Int
    var coordinates: [Coordinate]
    /// Weights of the vector that `margin` saw last, for the update that follows.
    var weights: [Double] = []
    /// Indices that learned since the last `drainTouched`.
    var touched: [UInt32] = []

    public init(width: Int, parameters: Parameters, intercept: Intercept = .unpenalised) {
        precondition(width >= 0 && width < Int(UInt32.max), "width \(width)")
        precondition(parameters.areValid, "\(parameters)")
        self.width = width
        self.parameters = parameters
        coordinates = Array(repeating: Coordinate(), count: width + 1)
        coordinates[width].penaltyFactor = 0
        hasIntercept = intercept == .unpenalised
    }

    /// Scales λ1 and λ2 for one index; 0 exempts it.
    public mutating func setPenaltyFactor(_ factor: Double, at index: Int) {
        precondition(factor >= 0 && factor.isFinite, "penalty factor \(factor) at \(index)")
        coordinates[index].penaltyFactor = factor
    }

    public var intercept: Double { weight(at: width) }

    /// The weight that `z` and `n` imply now; exactly 0 inside the L1 ball.
    public func weight(at index: Int) -> Double { coordinates[index].weight(parameters) }

    /// How many weights are not 0, the intercept left out. O(width).
    public var nonZeroCount: Int { (0..<width).count { weight(at: $0) != 0 } }
}

extension FTRLProximal.Coordinate {
    @inline(__always)
    func weight(_ p: FTRLProximal.Parameters) -> Double {
        let threshold = p.l1 * penaltyFactor
        guard abs(z) > threshold else { return 0 }
        let shrunk = z > 0 ? z - threshold : z + threshold
        return -shrunk / ((p.beta + n.squareRoot()) / p.alpha + p.l2 * penaltyFactor)
    }

    /// One gradient at the weight it was computed with.
    @inline(__always)
    mutating func learn(_ gradient: Double, weight: Double, alpha: Double) {
        let limit = FTRLProximal.gradientMax
        let g = max(-limit, min(limit, gradient))
        let grown = n + g * g
        z += g - (grown.squareRoot() - n.squareRoot()) / alpha * weight
        n = grown
    }
}
