public import Drift

/// Who is told of what.
public struct AlertSettings: Sendable {
    public var plan = AlertPlan()
    /// Whether it says which rules there are, were it none.
    public var hasRules: Bool
    /// Where alerts are sent, by name.
    public var receivers: [AlertReceiver] = []
    /// The page that alerts link to.
    public var runbooks = AlertLinks.published

    enum Key: String, CaseIterable {
        case rules, objectives, receivers, routes, silences, maintenance, pace, runbooks
    }

    static let rulesMax = 1_000

    /// - Parameter features: names that a rule may be about.
    init(_ node: YAMLNode, features: [String], _ problems: inout Problems) {
        hasRules = false
        guard let section = Section<Key>(node, "alerts", &problems) else { return }
        hasRules = section[.rules] != nil
        var reader = AlertReader(features: features)
        plan.rules = Self.entries(section[.rules], "rules by name", &problems).compactMap {
            reader.rule($0, &problems)
        }
        plan.objectives = Self.entries(section[.objectives], "objectives by name", &problems)
            .compactMap { reader.objective($0, &problems) }
        reader.rules = plan.ruleNames
        if !hasRules { reader.rules += AlertPlan.standard(maturityMillis: 1).ruleNames }
        receivers = Self.entries(section[.receivers], "receivers by name", &problems)
            .compactMap { reader.receiver($0, &problems) }
        let names = receivers.map(\.name)
        plan.routes = Self.elements(section[.routes], "routes", &problems).compactMap {
            reader.route($0, receivers: names, &problems)
        }
        plan.silences = Self.elements(section[.silences], "silences", &problems).compactMap {
            reader.silence($0, &problems)
        }
        plan.maintenance = Self.elements(section[.maintenance], "spans", &problems).compactMap {
            reader.maintenance($0, &problems)
        }
        if let node = section[.pace] { readPace(node, &problems) }
        runbooks = section[.runbooks]?.text("the address of a page", &problems) ?? runbooks
    }

    private static func entries(
        _ node: YAMLNode?, _ what: String, _ problems: inout Problems
    ) -> [YAMLNode.Entry] {
        guard let node else { return [] }
        if case .map(let entries) = node.content, entries.count <= rulesMax { return entries }
        problems.add(
            at: node.position, found: node.description,
            expected: "a map of at most \(rulesMax) \(what)")
        return []
    }

    private static func elements(
        _ node: YAMLNode?, _ what: String, _ problems: inout Problems
    ) -> [YAMLNode] {
        guard let node else { return [] }
        if case .list(let elements) = node.content, elements.count <= rulesMax { return elements }
        problems.add(
            at: node.position, found: node.description,
            expected: "a list of at most \(rulesMax) \(what)")
        return []
    }

    enum PaceKey: String, CaseIterable {
        case wait, interval, `repeat`, stale
    }

    private mutating func readPace(_ node: YAMLNode, _ problems: inout Problems) {
        guard let section = Section<PaceKey>(node, "pace", &problems) else { return }
        func read(_ key: PaceKey, _ least: Int64, _ value: inout Int64) {
            value = section[key]?.duration(atLeast: least, &problems) ?? value
        }
        read(.wait, 0, &plan.pace.groupWaitMillis)
        read(.interval, 1_000, &plan.pace.groupIntervalMillis)
        read(.repeat, 60_000, &plan.pace.repeatMillis)
        read(.stale, 60_000, &plan.pace.staleMillis)
    }
}

/// Where alerts are sent.
public struct AlertReceiver: Equatable, Sendable {
    /// What the body is.
    public enum Format: String, CaseIterable, Sendable {
        /// Prometheus Alertmanager's `POST /api/v2/alerts`.
        case alertmanager
    }

    public var name: String
    /// `http` or `https`.
    public var url: String
    public var format: Format
}
