/// How long a feature waits at each step on its way out, where steps are taken by policy.
public struct PruningSettings: Equatable, Sendable {
    /// How long it stays flagged before it is quarantined; nil quarantines nothing.
    public var quarantineMillis: Int64? = 7 * 86_400_000
    /// How long it stays in quarantine before it counts as removed; nil removes nothing.
    public var removeMillis: Int64?

    enum Key: String, CaseIterable {
        case quarantineAfter, removeAfter
    }

    init(_ node: YAMLNode?, _ problems: inout Problems) {
        guard let node, let section = Section<Key>(node, "pruning", &problems) else { return }
        func read(_ key: Key, _ value: inout Int64?) {
            guard let node = section[key] else { return }
            value = node.meaning == .text("never") ? nil : node.duration(atLeast: 0, &problems)
        }
        read(.quarantineAfter, &quarantineMillis)
        read(.removeAfter, &removeMillis)
    }
}
