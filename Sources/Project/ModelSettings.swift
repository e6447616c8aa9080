internal import Bytes
internal import Features
public import Model
public import Training

/// What the model minimises, what it may look at, and how it learns.
public struct ModelSettings: Sendable {
    public var loss = Loss.logistic
    /// The file of the artifact that scores, or, of a model that learns here, to which it is
    /// written at the end.
    public var path: String?
    /// The registry whose model scores, instead of one that learns here.
    public var registry: RegistrySettings?
    /// The features it may look at; nil is all.
    public var features: [String]?
    /// From this prediction on an event is flagged; nil flags none.
    public var threshold: Double?
    /// Reasons given with a prediction, largest first.
    public var reasonsMax = 3
    public var learning = LearningSettings()
    public var compute = Compute.all
    /// Who reads features besides the model, by name: what they read is always computed.
    public var readers: [String: [String]] = [:]

    /// Which of its inputs are computed.
    public enum Compute: String, CaseIterable, Sendable {
        case all
        /// Those that the live model gives a weight, and those that someone reads.
        case weighed
    }

    /// Bits of a hashed feature that does not say its own: 262,144 buckets.
    static let bitsDefault = 18
    static let reasonsLimit = 100

    enum Key: String, CaseIterable {
        case loss, path, registry, features, compute, readers, threshold, reasons, bits, learning
    }

    /// - Parameters:
    ///   - project: what a registry calls the model unless the file says otherwise.
    ///   - texts: features that are no inputs of a model.
    init(
        _ node: YAMLNode?, project: String, features names: [String], texts: Set<String>,
        hasLabels: Bool,
        _ problems: inout Problems
    ) {
        learning.isEnabled = hasLabels
        guard let node, let section = Section<Key>(node, "model", &problems) else { return }
        loss = section[.loss].flatMap { $0.choice(Loss.self, &problems) } ?? loss
        path = section[.path].flatMap { $0.text("the file of a model artifact", &problems) }
        threshold = section[.threshold].flatMap { threshold($0, &problems) }
        reasonsMax =
            section[.reasons].flatMap { $0.integer(in: 0...Self.reasonsLimit, &problems) }
            ?? reasonsMax
        _ = section[.bits].flatMap { $0.integer(in: 1...FeatureSpace.bitsMax, &problems) }
        self.features = section[.features].flatMap { Self.features($0, names, texts, &problems) }
        if let node = section[.registry] {
            registry = RegistrySettings(node, project: project, &problems)
            learning.isEnabled = false
        }
        if let node = section[.learning] {
            learning.read(node, features: names, hasLabels: hasLabels, &problems)
        }
        compute = section[.compute].flatMap { $0.choice(Compute.self, &problems) } ?? compute
        if let node = section[.readers] { readReaders(node, names, texts, &problems) }
        checkRegistry(section, &problems)
        checkCompute(section, &problems)
    }

    private func checkCompute(_ section: Section<Key>, _ problems: inout Problems) {
        guard compute == .weighed, learning.isEnabled, let node = section[.compute] else { return }
        problems.add(
            at: node.position, found: "`compute: weighed` and learning",
            expected: "`compute: all`: a model that learns here must see every feature")
    }

    private mutating func readReaders(
        _ node: YAMLNode, _ names: [String], _ texts: Set<String>, _ problems: inout Problems
    ) {
        guard case .map(let entries) = node.content else {
            problems.add(
                at: node.position, found: node.description,
                expected: "a map of readers and lists of the features that they read")
            return
        }
        for entry in entries {
            readers[entry.key] = Self.features(entry.value, names, texts, &problems) ?? names
        }
    }

    /// One source of weights.
    private func checkRegistry(_ section: Section<Key>, _ problems: inout Problems) {
        guard let node = section[.registry] else { return }
        if section[.path] != nil {
            problems.add(
                at: node.position, found: "`registry` and `path`",
                expected: "one of them: the model comes from one place")
        }
        if learning.isEnabled {
            problems.add(
                at: node.position, found: "`registry` and learning",
                expected: "one of them: a registry's models do not learn")
        }
    }

    /// Read before the features, which need it; a fault in it is told when the model is read.
    static func defaultBits(_ node: YAMLNode?) -> Int {
        guard let node, case .map(let entries) = node.content,
            let bits = entries.first(where: { $0.key == Key.bits.rawValue })?.value
        else { return bitsDefault }
        var ignored = Problems()
        return bits.integer(in: 1...FeatureSpace.bitsMax, &ignored) ?? bitsDefault
    }

    private func threshold(_ node: YAMLNode, _ problems: inout Problems) -> Double? {
        guard loss == .logistic else { return node.number("a number", &problems) }
        return node.number(
            "a probability of 0 to 1", where: { (0...1).contains($0) }, &problems)
    }

    private static func features(
        _ node: YAMLNode, _ names: [String], _ texts: Set<String>, _ problems: inout Problems
    ) -> [String]? {
        if node.meaning == .text("all") { return nil }
        guard case .list(let elements) = node.content, !elements.isEmpty else {
            problems.add(
                at: node.position, found: node.description,
                expected: "`all` or a list of features")
            return nil
        }
        var chosen: [String] = []
        var seen: Set<String> = []
        let known = Set(names)
        for element in elements {
            guard let name = element.text("the name of a feature", &problems) else { continue }
            if !known.contains(name) {
                problems.add(
                    at: element.position, found: "unknown feature `\(name)`",
                    expected: "one of `features`",
                    suggestion: NearestName.of(name, among: names))
            } else if texts.contains(name) {
                problems.add(
                    at: element.position, found: "text feature `\(name)`",
                    expected: "a number, or a category over it")
            } else if !seen.insert(name).inserted {
                problems.add(
                    at: element.position, found: "feature `\(name)` twice",
                    expected: "every feature once")
            } else {
                chosen.append(name)
            }
        }
        return chosen
    }
}

/// How the model learns from labels as they arrive (FTRL-Proximal).
public struct LearningSettings: Sendable {
    /// On when there are labels, unless the file says otherwise.
    public var isEnabled = true
    public var parameters = FTRLProximal.Parameters()
    /// Factors on the penalties of single features; 0 keeps a feature in.
    public var penalties: [String: Double] = [:]
    /// Examples between two publications of the weights.
    public var publishEveryExamples = 1_000

    enum Key: String, CaseIterable {
        case enabled, alpha, beta, l1, l2, penalties, publishEvery
    }

    mutating func read(
        _ node: YAMLNode, features: [String], hasLabels: Bool, _ problems: inout Problems
    ) {
        guard let section = Section<Key>(node, "learning", &problems) else { return }
        isEnabled = section[.enabled].flatMap { $0.bool(&problems) } ?? isEnabled
        if let enabled = section[.enabled], isEnabled, !hasLabels {
            problems.add(
                at: enabled.position, found: "learning without labels",
                expected: "a section `labels`")
        }
        parameters.alpha =
            section[.alpha].flatMap {
                $0.number("a number above 0", where: { $0 > 0 }, &problems)
            } ?? parameters.alpha
        parameters.beta = penalty(section[.beta], &problems) ?? parameters.beta
        parameters.l1 = penalty(section[.l1], &problems) ?? parameters.l1
        parameters.l2 = penalty(section[.l2], &problems) ?? parameters.l2
        publishEveryExamples =
            section[.publishEvery].flatMap {
                $0.integer(in: 1...1_000_000_000, &problems)
            } ?? publishEveryExamples
        if let node = section[.penalties] { readPenalties(node, features, &problems) }
    }

    private func penalty(_ node: YAMLNode?, _ problems: inout Problems) -> Double? {
        node.flatMap { $0.number("a number of at least 0", where: { $0 >= 0 }, &problems) }
    }

    private mutating func readPenalties(
        _ node: YAMLNode, _ features: [String], _ problems: inout Problems
    ) {
        guard case .map(let entries) = node.content else {
            problems.add(
                at: node.position, found: node.description,
                expected: "a map of features and penalty factors")
            return
        }
        let known = Set(features)
        for entry in entries {
            if !known.contains(entry.key) {
                problems.add(
                    at: entry.keyPosition, found: "unknown feature `\(entry.key)`",
                    expected: "one of `features`",
                    suggestion: NearestName.of(entry.key, among: features))
            }
            if let factor = penalty(entry.value, &problems) { penalties[entry.key] = factor }
        }
    }
}
