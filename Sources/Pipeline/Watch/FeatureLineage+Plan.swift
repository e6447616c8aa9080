public import Drift
internal import Events
public import Features

extension FeatureLineage {
    /// What the features of a plan are made of. O(features²) at worst.
    public init(_ plan: FeaturePlan) {
        let reader = LineageReader(plan)
        var origins: [String: Origin] = [:]
        for feature in plan.features { _ = reader.origin(of: feature.name, &origins) }
        self.init(origins)
    }
}

/// Follows the names in features' expressions.
private struct LineageReader {
    private let fields: Set<String>
    private let definitions: [String: FeatureDefinition]

    init(_ plan: FeaturePlan) {
        fields = Set(plan.schema.fields.map(\.name))
        definitions = Dictionary(
            plan.features.map { ($0.name, $0.definition) }, uniquingKeysWith: { first, _ in first })
    }

    /// - Parameter known: of those that were read before.
    func origin(
        of name: String, _ known: inout [String: FeatureLineage.Origin]
    ) -> FeatureLineage.Origin {
        if let origin = known[name] { return origin }
        var origin = FeatureLineage.Origin()
        guard let definition = definitions[name] else { return origin }
        // A name that is a field's stands for the field, whatever feature bears it too.
        for part in definition.names {
            if fields.contains(part) {
                origin.fields.insert(part)
            } else if definitions[part] != nil, part != name {
                let parent = self.origin(of: part, &known)
                origin.fields.formUnion(parent.fields)
                origin.isDerived = origin.isDerived || parent.isDerived
                origin.reachMillis = max(origin.reachMillis, parent.reachMillis)
            }
        }
        switch definition.kind {
        case .value(let expression): origin.isHour = Self.isHour(expression)
        case .aggregate(let aggregate):
            origin.isDerived = true
            origin.reachMillis += aggregate.reachMillis
        case .category: break
        }
        known[name] = origin
        return origin
    }

    /// Whether an expression is one call of `hour`.
    private static func isHour(_ expression: String) -> Bool {
        var rest = expression.filter { !$0.isWhitespace }[...]
        guard rest.hasPrefix("hour("), rest.last == ")" else { return false }
        rest = rest.dropFirst("hour(".count).dropLast()
        var depth = 0
        for character in rest {
            if character == "(" { depth += 1 }
            if character == ")" { depth -= 1 }
            if depth < 0 { return false }
        }
        return true
    }
}

extension Aggregate {
    /// Half-lives after which a decayed sum is nearly what it will be.
    private static let halfLives: Int64 = 4

    /// From the first event until it is made of as much as ever; 0 where it grows for ever.
    fileprivate var reachMillis: Int64 {
        let window =
            switch function {
            case .decayedCount(let half), .decayedSum(let half), .decayedMean(let half):
                Self.halfLives * min(half, .max / (2 * Self.halfLives))
            default: windowMillis ?? 0
            }
        return min(window, .max / 4) + min(delayMillis, .max / 4)
    }
}
