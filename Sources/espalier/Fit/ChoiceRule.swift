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
        bytes=64k (of the model in memory) or latency=150ns (of a score, in `train` with the \
        features that it weighs, measured here).
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
}
