internal import ArgumentParser
internal import Training

/// A rule that picks a λ, as options and reports name it.
struct ChoiceRule: Equatable, Sendable, ExpressibleByArgument {
    let rule: LambdaRule

    static let oneStandardError = ChoiceRule(rule: .oneStandardError)

    init(rule: LambdaRule) { self.rule = rule }

    init?(argument: String) {
        switch argument {
        case "minimum", "min": rule = .minimum
        case "1se": rule = .oneStandardError
        default:
            let parts = argument.split(separator: "=", maxSplits: 1)
            guard parts.count == 2 else { return nil }
            switch parts[0] {
            case "within":
                guard let part = Double(parts[1]), part >= 0, part.isFinite else { return nil }
                rule = .sparsestWithin(part)
            case "atmost":
                guard let count = Int(parts[1]), count >= 0 else { return nil }
                rule = .atMost(weights: count)
            default: return nil
            }
        }
    }

    var text: String {
        switch rule {
        case .minimum: "minimum"
        case .oneStandardError: "1se"
        case .sparsestWithin(let part): "within=\(part)"
        case .atMost(let count): "atmost=\(count)"
        }
    }

    var defaultValueDescription: String { text }
}
