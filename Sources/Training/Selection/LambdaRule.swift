/// How one λ of a path is chosen by its cross-validated loss. All rules choose among the λ that
/// every fold has, and prefer the larger λ among equals.
public enum LambdaRule: Equatable, Sendable {
    /// The least mean loss.
    case minimum
    /// The largest λ whose mean loss is within one standard error of the least (Breiman et al.
    /// 1984).
    case oneStandardError
    /// The fewest weights whose mean loss is at most this part above the least, 0.01 being one per
    /// cent.
    case sparsestWithin(Double)
    /// The least mean loss among fits of at most so many weights on all rows.
    case atMost(weights: Int)
    /// The least mean loss among fits that take at most so much of what is scarce when they score,
    /// such as bytes or nanoseconds.
    case affordable(budget: Double)

    /// - Parameters:
    ///   - nonZeroCounts: of the fits on all rows, by λ.
    ///   - costs: what they take, in the budget's unit; needed where there is one.
    /// - Returns: the place of the λ; nil if no λ is complete or none satisfies the rule.
    public func choose(
        _ losses: [MeanAndError], nonZeroCounts: [Int], costs: [Double] = []
    ) -> Int? {
        let places = losses.indices.filter { losses[$0].mean.isFinite && $0 < nonZeroCounts.count }
        guard let best = Self.best(places, losses) else { return nil }
        let least = losses[best].mean
        switch self {
        case .minimum: return best
        case .oneStandardError:
            let limit = least + losses[best].error
            return places.first { losses[$0].mean <= limit }
        case .sparsestWithin(let part):
            let limit = least + part * abs(least)
            return places.filter { losses[$0].mean <= limit }
                .min { (nonZeroCounts[$0], $0) < (nonZeroCounts[$1], $1) }
        case .atMost(let count):
            return Self.best(places.filter { nonZeroCounts[$0] <= count }, losses)
        case .affordable(let budget):
            precondition(costs.count >= nonZeroCounts.count, "\(costs.count) costs")
            return Self.best(places.filter { costs[$0] <= budget }, losses)
        }
    }

    private static func best(_ places: [Int], _ losses: [MeanAndError]) -> Int? {
        places.min { (losses[$0].mean, $0) < (losses[$1].mean, $1) }
    }
}
