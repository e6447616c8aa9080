internal import ArgumentParser
internal import Training

/// A rule that picks a λ, as options and reports name it.
struct ChoiceRule: Equatable, Sendable, ExpressibleByArgument {
    let rule: LambdaRule
    /// What the rule's budget is of, if it has one.
    let cost: ScoringCost?

    static let oneStandardError = ChoiceRule(rule: .oneStandardError)
    static let help = """
        minimum, 1se, within=0.01 (the sparsest that loses at most 1 %), atmost=20 (weights), \
        bytes=64k (of the model in memory, of which each input and each bucket of a category \
        takes \(ScoringCost.bytesOfInput), weighed or not) or latency=150ns (of a score, in \
        `train` with the features that it weighs, measured here).
        """

    init(rule: LambdaRule, cost: ScoringCost? = nil) {
        self.rule = rule
        self.cost = cost
    }

    init?(argument: String) {
        let parts = argument.split(separator: "=", maxSplits: 1)
        switch (parts.first, parts.count) {
        case ("minimum", 1), ("min", 1): self.init(rule: .minimum)
        case ("1se", 1): self.init(rule: .oneStandardError)
        case ("within", 2):
            guard let part = Double(parts[1]), part >= 0, part.isFinite else { return nil }
            self.init(rule: .sparsestWithin(part))
        case ("atmost", 2):
            guard let count = Int(parts[1]), count >= 0 else { return nil }
            self.init(rule: .atMost(weights: count))
        case (let name?, 2):
            guard let cost = ScoringCost.allCases.first(where: { $0.rawValue == name }),
                let budget = cost.amount(String(parts[1]))
            else { return nil }
            self.init(rule: .affordable(budget: budget), cost: cost)
        default: return nil
        }
    }

    var text: String {
        switch rule {
        case .minimum: "minimum"
        case .oneStandardError: "1se"
        case .sparsestWithin(let part): "within=\(part)"
        case .atMost(let count): "atmost=\(count)"
        case .affordable(let budget):
            cost.map { "\($0.rawValue)=\($0.text(budget))" } ?? "budget=\(budget)"
        }
    }

    var defaultValueDescription: String { text }

    /// The least of what the rule limits among the λ that have a loss; nil of a rule without limit.
    func leastFound(_ losses: [MeanAndError], nonZeroCounts: [Int], costs: [Double]) -> Double? {
        let places = losses.indices.filter { losses[$0].mean.isFinite }
        switch rule {
        case .minimum, .oneStandardError, .sparsestWithin: return nil
        case .atMost: return places.map { Double(nonZeroCounts[$0]) }.min()
        case .affordable: return places.map { costs[$0] }.min()
        }
    }

    /// Says why no λ was picked.
    ///
    /// - Parameter leastFound: of all λ.
    func failure(leastFound: Double?) -> Failure {
        guard let leastFound else {
            return Failure(.data, "--choose \(text): found no λ whose loss all folds have")
        }
        let amount =
            cost.map { "\($0.rawValue) \($0.text(leastFound.rounded(.up)))" }
            ?? "\(Numerals.plain(leastFound)) weights"
        return Failure(
            .data, "--choose \(text): found \(amount) at least; expected a λ that takes no more")
    }
}
