public import Training

/// What a project asks of one feature's weight, in every model.
public struct FeatureRule: Equatable, Sendable {
    /// Whether a model must have the feature, or must not.
    public enum Lock: String, CaseIterable, Sendable {
        /// Without penalty, and never pruned.
        case keep
        /// Never in a model.
        case forbid
    }

    /// On which side of 0 the weight may be.
    public enum Sign: String, CaseIterable, Sendable {
        case positive, negative
    }

    public var lock: Lock?
    public var sign: Sign?
    /// Scales the penalty; 0 exempts the feature.
    public var penalty: Double?
    /// Features of the same group come into a model together or not at all; of a category alone,
    /// its buckets.
    public var group: String?
    /// Its coming into a model, or leaving it, needs an approval.
    public var isSensitive = false

    public init() {}

    init(_ section: Section<DeclaredFeature.Key>, _ problems: inout Problems) {
        lock = section[.lock].flatMap { $0.choice(Lock.self, &problems) }
        sign = section[.sign].flatMap { $0.choice(Sign.self, &problems) }
        penalty = section[.penalty].flatMap {
            $0.number("a number of at least 0", where: { $0 >= 0 }, &problems)
        }
        group = section[.group].flatMap { $0.text("the name of a group", &problems) }
        if let group = section[.group] {
            for key in [DeclaredFeature.Key.lock, .sign, .penalty] where section[key] != nil {
                problems.add(
                    at: group.position, found: "`group` beside `\(key.rawValue)`",
                    expected: "one of them: a group's weights are penalised by their length")
            }
        }
        isSensitive = section[.sensitive].flatMap { $0.bool(&problems) } ?? false
        if lock != nil, let penalty = section[.penalty] {
            problems.add(
                at: penalty.position, found: "`penalty` beside `lock`",
                expected: "one of them: a kept feature has none, a forbidden one no weight")
        }
        if lock == .forbid, let sign = section[.sign] {
            problems.add(
                at: sign.position, found: "`sign` beside `lock: forbid`",
                expected: "one of them: a forbidden feature has no weight")
        }
    }

    /// The same for the solver.
    public var weightRule: WeightRule {
        var rule = WeightRule(penaltyFactor: lock == .keep ? 0 : penalty ?? 1)
        if lock == .forbid || sign == .positive { rule.lower = 0 }
        if lock == .forbid || sign == .negative { rule.upper = 0 }
        return rule
    }
}
