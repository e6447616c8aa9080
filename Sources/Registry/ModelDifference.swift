public import Model

/// What changes from one model to another.
public struct ModelDifference: Equatable, Sendable {
    /// A feature whose weight is not 0 in exactly one of two models, or differs.
    public struct Change: Equatable, Sendable {
        public let feature: String
        /// Weight of the standardised feature; of a category the largest of its buckets.
        public let before: Double?
        public let after: Double?
        /// Standard deviation of what the change adds to the margin, in the distribution that the
        /// later model's scaler describes; nil for a category, whose frequencies no model keeps.
        public let marginShift: Double?
    }

    /// Largest margin shift first, then largest weight.
    public private(set) var entered: [Change] = []
    public private(set) var left: [Change] = []
    public private(set) var changed: [Change] = []
    /// Features whose definition is another one.
    public private(set) var redefined: [String] = []
    public let shift: ScoreShift

    /// Weights that differ by less than this share of the larger count as the same.
    static let tolerance = 1e-12

    public init(from before: ModelContent, to after: ModelContent) {
        let old = Dictionary(
            before.features.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let new = Dictionary(
            after.features.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        for name in Set(old.keys).union(new.keys).sorted() {
            let (a, b) = (old[name], new[name])
            if let a, let b, a.definition != b.definition { redefined.append(name) }
            guard let change = Self.change(name, a, b) else { continue }
            switch (change.before, change.after) {
            case (nil, _): entered.append(change)
            case (_, nil): left.append(change)
            default: changed.append(change)
            }
        }
        shift = ScoreShift(from: before, to: after)
        entered.sort(by: Self.precedes)
        left.sort(by: Self.precedes)
        changed.sort(by: Self.precedes)
    }

    private static func change(
        _ name: String, _ a: ModelContent.Feature?, _ b: ModelContent.Feature?
    ) -> Change? {
        let (before, after) = (a?.leadingWeight, b?.leadingWeight)
        guard before != nil || after != nil, !isSame(a, b) else { return nil }
        return Change(
            feature: name, before: before, after: after,
            marginShift: ScoreShift.spread(from: a, to: b))
    }

    private static func isSame(_ a: ModelContent.Feature?, _ b: ModelContent.Feature?) -> Bool {
        guard let a, let b else { return false }
        switch (a.weights, b.weights) {
        case (.numeric(let w, let s), .numeric(let v, let t)):
            return close(w, v) && close(s.scale, t.scale)
        case (.category(let bits, let entries), .category(let others, let otherEntries)):
            return bits == others && entries == otherEntries
        default: return false
        }
    }

    private static func close(_ a: Double, _ b: Double) -> Bool {
        abs(a - b) <= tolerance * max(abs(a), abs(b))
    }

    private static func precedes(_ a: Change, _ b: Change) -> Bool {
        let x = (a.marginShift ?? 0, max(abs(a.before ?? 0), abs(a.after ?? 0)))
        let y = (b.marginShift ?? 0, max(abs(b.before ?? 0), abs(b.after ?? 0)))
        return x != y ? x > y : a.feature < b.feature
    }
}

extension ModelContent.Feature {
    /// The weight, or of a category the largest; nil when nothing is weighed.
    public var leadingWeight: Double? { nonZeroWeights.max { abs($0) < abs($1) } }
}
