public import Model

/// What a project says about single features, and every version of its model must keep to.
public struct FeatureRules: Equatable, Sendable {
    /// Always in the model, whatever they weigh.
    public var kept: Set<String> = []
    /// Never in a model.
    public var forbidden: Set<String> = []
    /// The sign that a weight must have, where it is not 0.
    public var signs: [String: Sign] = [:]
    /// Their coming and going needs an approval.
    public var sensitive: Set<String> = []

    /// On which side of 0.
    public enum Sign: String, Sendable {
        case positive, negative
    }

    public init() {}

    /// Every rule that the model breaks.
    public func broken(by content: ModelContent) -> [BrokenLock] {
        var broken: [BrokenLock] = []
        let features = Dictionary(
            content.features.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        for name in kept.sorted() where features[name] == nil {
            broken.append(BrokenLock(feature: name, found: "nothing", expected: "a locked feature"))
        }
        for name in forbidden.sorted() where features[name]?.isWeighed == true {
            broken.append(
                BrokenLock(feature: name, found: "a weight", expected: "none: it is forbidden"))
        }
        for (name, sign) in signs.sorted(by: { $0.key < $1.key }) {
            guard let weights = features[name]?.nonZeroWeights else { continue }
            let wrong = weights.first { sign == .positive ? $0 < 0 : $0 > 0 }
            if let wrong {
                broken.append(
                    BrokenLock(
                        feature: name, found: "the weight \(wrong)",
                        expected: "a \(sign.rawValue) one"))
            }
        }
        return broken
    }

    /// Every sensitive feature that the model weighs must have been approved, with it or before.
    public func checkApprovals(
        of content: ModelContent, approved: Set<String>
    ) throws(RegistryError) {
        let missing = content.weighedFeatures.intersection(sensitive).subtracting(approved)
        guard missing.isEmpty else {
            throw .approvalNeeded(entered: missing.sorted(), left: [])
        }
    }

    /// The sensitive features that came or left, which is an error unless it is approved.
    ///
    /// - Parameter approved: those of which it was before.
    func approvals(
        for content: ModelContent, after champion: ModelContent?, isGiven: Bool,
        besides approved: Set<String>
    ) throws(RegistryError) -> [String] {
        guard !sensitive.isEmpty else { return [] }
        let now = content.weighedFeatures.intersection(sensitive)
        let before = champion?.weighedFeatures.intersection(sensitive) ?? []
        let entered = now.subtracting(before).subtracting(approved).sorted()
        let left = before.subtracting(now).subtracting(approved).sorted()
        guard isGiven || (entered.isEmpty && left.isEmpty) else {
            throw .approvalNeeded(entered: entered, left: left)
        }
        return entered + left
    }
}

extension ModelContent {
    /// Names of the features that move a score.
    var weighedFeatures: Set<String> { Set(features.filter(\.isWeighed).map(\.name)) }
}

extension ModelContent.Feature {
    /// Weights that are not 0.
    var nonZeroWeights: [Double] {
        switch weights {
        case .numeric(let weight, let scaling): weight != 0 && scaling.scale > 0 ? [weight] : []
        case .category(_, let entries): entries.map(\.weight).filter { $0 != 0 }
        }
    }

    var isWeighed: Bool { !nonZeroWeights.isEmpty }
}
