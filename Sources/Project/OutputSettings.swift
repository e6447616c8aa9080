/// What is published, and where.
public struct OutputSettings: Equatable, Sendable {
    /// Whether a prediction carries the values of its numeric features.
    public var hasFeatures = false
    /// The name of every topic that is written.
    public var topics: [OutputTopic: String]

    enum Key: String, CaseIterable {
        case features, topics
    }

    init(_ node: YAMLNode?, project: String, _ problems: inout Problems) {
        topics = Dictionary(
            uniqueKeysWithValues: OutputTopic.allCases.map { ($0, "\(project).\($0.rawValue)") })
        guard let node, let section = Section<Key>(node, "output", &problems) else { return }
        hasFeatures = section[.features].flatMap { $0.bool(&problems) } ?? hasFeatures
        guard let node = section[.topics],
            let names = Section<OutputTopic>(node, "topics", &problems)
        else { return }
        for topic in names.keys {
            if let name = names[topic]?.topic(&problems) { topics[topic] = name }
        }
    }
}

/// A topic that is written; by default `<project>.<topic>`.
public enum OutputTopic: String, CaseIterable, Sendable {
    case predictions
    case deadLetter = "dead-letter"
    case features, drift, alerts
}
