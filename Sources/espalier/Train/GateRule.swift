internal import ArgumentParser

/// A condition on one of a report's measures, such as `auc>=0.85`.
struct GateRule: Equatable, Sendable, ExpressibleByArgument {
    enum Comparison: String, CaseIterable, Sendable {
        case atLeast = ">="
        case atMost = "<="
        case above = ">"
        case below = "<"
    }

    let measure: String
    let comparison: Comparison
    let limit: Double

    init?(argument: String) {
        let found = Comparison.allCases.lazy.compactMap { comparison in
            argument.firstRange(of: comparison.rawValue).map { (comparison, $0) }
        }.first
        guard let (comparison, range) = found else { return nil }
        measure = argument[..<range.lowerBound].filter { $0 != " " }
        guard !measure.isEmpty, measure.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" }),
            let limit = Double(argument[range.upperBound...].filter { $0 != " " }), limit.isFinite
        else { return nil }
        self.comparison = comparison
        self.limit = limit
    }

    var text: String { measure + comparison.rawValue + Numerals.plain(limit) }

    /// - Parameters:
    ///   - value: nil for a measure that there is none of, which passes no rule.
    ///   - absence: why there is none.
    func verdict(
        _ value: Double?, absence: String = "nothing"
    ) -> GateVerdict {
        guard let value else { return GateVerdict(rule: self, absence: absence) }
        let isPassed =
            switch comparison {
            case .atLeast: value >= limit
            case .atMost: value <= limit
            case .above: value > limit
            case .below: value < limit
            }
        return GateVerdict(rule: self, value: value, isPassed: isPassed)
    }
}

/// What became of a rule.
struct GateVerdict: Equatable, Sendable {
    let rule: GateRule
    var value: Double?
    var isPassed = false
    /// Why there is no value.
    var absence = ""

    var reason: String {
        let found = value.map { Numerals.significant($0, 6) } ?? absence
        return "\(rule.measure): found \(found); expected \(rule.comparison.rawValue)"
            + " \(Numerals.plain(rule.limit))"
    }
}
