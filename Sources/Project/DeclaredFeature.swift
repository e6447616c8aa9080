internal import Features

/// A feature as the file declares it, with the places that later checks speak of.
struct DeclaredFeature {
    let definition: FeatureDefinition
    let position: Position
    /// The value, or what is aggregated.
    private(set) var expression: YAMLNode?
    private(set) var entity: YAMLNode?
    /// Names of fields that are hashed.
    private(set) var categories: [YAMLNode] = []
    /// What is asked of its weight.
    private(set) var rule = FeatureRule()

    enum Key: String, CaseIterable {
        case value
        case aggregate, entity, of, window, delay, current, otherwise, halfLife, n
        case category, cross, bits
        case lock, sign, penalty, group, sensitive

        /// Those that any feature may have.
        static let rules: Set<Key> = [.lock, .sign, .penalty, .group, .sensitive]
    }

    static let reserved = [
        "time": "the event's time", "label": "the event's label",
    ]
    static let crossedFieldsMax = 8

    /// Either `name: expression` or `name: {…}`.
    init?(_ entry: YAMLNode.Entry, defaultBits: Int, _ problems: inout Problems) {
        Name.check(entry, "feature", reserved: Self.reserved, &problems)
        position = entry.keyPosition
        let reader = FeatureReader(name: entry.key, defaultBits: defaultBits)
        if entry.value.scalar != nil {
            guard let source = Self.expression(entry.value, &problems) else { return nil }
            definition = FeatureDefinition(name: entry.key, kind: .value(expression: source))
            expression = entry.value
            return
        }
        guard
            let section = Section<Key>(entry.value, "feature `\(entry.key)`", &problems),
            let kind = reader.kind(section, &problems)
        else { return nil }
        definition = FeatureDefinition(name: entry.key, kind: kind)
        rule = FeatureRule(section, &problems)
        switch kind {
        case .value: expression = section[.value]
        case .aggregate(let aggregate):
            entity = section[.entity]
            if case .expression = aggregate.operand { expression = section[.of] }
        case .category:
            categories = section[.category].map { [$0] } ?? section[.cross]?.elements ?? []
        }
    }

    /// The source of an expression, which may look like a number or a bool to YAML.
    static func expression(_ node: YAMLNode, _ problems: inout Problems) -> String? {
        switch node.meaning {
        case .text, .number, .bool: return node.scalar
        case .nothing, .list, .map:
            problems.add(at: node.position, found: node.description, expected: "an expression")
            return nil
        }
    }
}

extension YAMLNode {
    var elements: [YAMLNode] {
        if case .list(let elements) = content { return elements }
        return []
    }
}
