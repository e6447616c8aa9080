public import Model

/// What a path minimises, and how exactly.
public struct PathSettings: Equatable, Sendable {
    /// Which λ a path has.
    public enum Lambdas: Equatable, Sendable {
        /// So many, in equal steps of log λ, from the smallest at which every penalised weight is
        /// 0 to `ratio` times that. For α below 0.001 that one is taken as for 0.001.
        case automatic(count: Int, ratio: Double)
        /// These, fitted from the largest to the smallest.
        case list([Double])
    }

    /// Most λ of a path.
    public static let lambdasMax = 10_000

    public var loss: Loss
    /// Part of L1 in the penalty, 0…1.
    public var alpha: Double
    public var lambdas: Lambdas
    /// A fit ends when its duality gap, in units of the objective, is at most this,
    public var gapMax = 1e-9
    /// and the last step changed no standardised weight by more than this; infinity asks for the
    /// gap alone, which is faster.
    public var changeMax = 1e-10
    /// Most quadratic models of one λ; a fit that needs more is given as not converged.
    public var stepsMax = 300
    /// Whether columns are brought to mean 0 and standard deviation 1 for the penalty.
    public var standardizes = true

    public init(
        loss: Loss, alpha: Double = 1, lambdas: Lambdas = .automatic(count: 100, ratio: 1e-3)
    ) {
        self.loss = loss
        self.alpha = alpha
        self.lambdas = lambdas
    }

    func validate() throws(DescentError) {
        guard loss == .logistic || loss == .squared else { throw .lossUnsupported(loss.rawValue) }
        guard (0...1).contains(alpha) else {
            throw .setting(name: "alpha", found: alpha, expected: "0…1")
        }
        guard gapMax > 0 else {
            throw .setting(name: "gap", found: gapMax, expected: "a number above 0")
        }
        guard changeMax > 0 else {
            throw .setting(name: "change", found: changeMax, expected: "a number above 0")
        }
        switch lambdas {
        case .automatic(let count, let ratio):
            guard (1...Self.lambdasMax).contains(count) else {
                throw .setting(
                    name: "lambdas", found: Double(count), expected: "1…\(Self.lambdasMax)")
            }
            guard ratio > 0, ratio < 1 else {
                throw .setting(name: "lambda ratio", found: ratio, expected: "between 0 and 1")
            }
        case .list(let list):
            guard !list.isEmpty, list.count <= Self.lambdasMax else {
                throw .setting(
                    name: "lambdas", found: Double(list.count), expected: "1…\(Self.lambdasMax)")
            }
            for lambda in list where !(lambda >= 0 && lambda.isFinite) {
                throw .setting(
                    name: "lambda", found: lambda, expected: "a finite number, 0 or more")
            }
        }
    }
}

/// What is asked of one column's weight.
public struct WeightRule: Equatable, Sendable {
    /// Scales the penalty; 0 exempts the column.
    public var penaltyFactor: Double
    /// Bounds of the weight on the original scale: at most 0, and at least 0.
    public var lower: Double
    public var upper: Double
    /// Columns of the same group get weights together or not at all (group lasso); their factors
    /// are equal, and they have no bounds. Nil for a column alone.
    public var group: Int?

    public init(
        penaltyFactor: Double = 1, lower: Double = -.infinity, upper: Double = .infinity,
        group: Int? = nil
    ) {
        self.penaltyFactor = penaltyFactor
        self.lower = lower
        self.upper = upper
        self.group = group
    }

    func validate(column: Int) throws(DescentError) {
        guard penaltyFactor >= 0, penaltyFactor.isFinite else {
            throw .rule(
                column: column, found: "the penalty factor \(penaltyFactor)",
                expected: "a finite number, 0 or more")
        }
        guard lower <= 0, upper >= 0 else {
            throw .rule(
                column: column, found: "the bounds \(lower)…\(upper)",
                expected: "a lower one of at most 0 and an upper one of at least 0")
        }
    }
}
