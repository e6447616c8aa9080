internal import Bytes

/// A map whose keys are known.
struct Section<Key: RawRepresentable & CaseIterable & Hashable> where Key.RawValue == String {
    let position: Position
    /// Whether a key was not known, so that what seems absent may only be misspelt.
    let hasUnknownKeys: Bool
    private var values: [Key: YAMLNode] = [:]
    private var keyPositions: [Key: Position] = [:]

    /// Nil when the node is no map. Unknown keys are problems.
    ///
    /// - Parameter name: what the section is, such as `events`.
    init?(_ node: YAMLNode, _ name: String, _ problems: inout Problems) {
        position = node.position
        guard case .map(let entries) = node.content else {
            let keys = Key.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")
            problems.add(
                at: node.position, found: node.description, expected: "a map with \(keys)")
            return nil
        }
        var unknown = false
        for entry in entries {
            guard let key = Key(rawValue: entry.key) else {
                unknown = true
                problems.add(
                    at: entry.keyPosition, found: "unknown key `\(entry.key)` in \(name)",
                    expected: "one of "
                        + Key.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", "),
                    suggestion: NearestName.of(entry.key, among: Key.allCases.map(\.rawValue)))
                continue
            }
            values[key] = entry.value
            keyPositions[key] = entry.keyPosition
        }
        hasUnknownKeys = unknown
    }

    subscript(key: Key) -> YAMLNode? { values[key] }

    func keyPosition(_ key: Key) -> Position { keyPositions[key] ?? position }

    var keys: [Key] { Key.allCases.filter { values[$0] != nil } }

    /// The value of a key that must be there.
    func required(_ key: Key, _ meaning: String, _ problems: inout Problems) -> YAMLNode? {
        if let node = values[key] { return node }
        if !hasUnknownKeys {
            problems.add(at: position, found: "no `\(key.rawValue)`", expected: meaning)
        }
        return nil
    }
}
