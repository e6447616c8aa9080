internal import Bytes
internal import Events

/// The declared fields of a topic's messages.
struct FieldList {
    static let fieldsMax = 1_000

    private(set) var fields: [FieldSchema] = []
    /// Whether every declaration could be read, so that an unknown name is the name's fault.
    private(set) var isComplete = true

    enum Key: String, CaseIterable {
        case type, path
    }

    /// Names with a meaning of their own.
    static let reserved = ["label": "the event's label; a field of that name needs a `path`"]

    init() {}

    init(_ node: YAMLNode, _ problems: inout Problems) {
        guard case .map(let entries) = node.content, !entries.isEmpty,
            entries.count <= Self.fieldsMax
        else {
            problems.add(
                at: node.position, found: node.description,
                expected: "a map of 1 to \(Self.fieldsMax) field names and types")
            isComplete = false
            return
        }
        for entry in entries {
            Name.check(entry, "field", reserved: Self.reserved, &problems)
            guard let field = Self.field(entry, &problems) else {
                isComplete = false
                continue
            }
            fields.append(field)
        }
    }

    private static func field(_ entry: YAMLNode.Entry, _ problems: inout Problems) -> FieldSchema? {
        let ownPath = entry.key.split(separator: ".").map(String.init)
        guard case .map = entry.value.content else {
            return entry.value.choice(FieldType.self, &problems).map {
                FieldSchema(name: entry.key, path: ownPath, type: $0)
            }
        }
        guard let section = Section<Key>(entry.value, "field `\(entry.key)`", &problems),
            let type = section.required(.type, "the field's type", &problems)?
                .choice(FieldType.self, &problems)
        else { return nil }
        guard let node = section[.path] else {
            return FieldSchema(name: entry.key, path: ownPath, type: type)
        }
        let expected = "keys joined by dots, such as card.country"
        guard let text = node.text(expected, &problems) else { return nil }
        let path = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard !path.contains("") else {
            problems.add(at: node.position, found: node.description, expected: expected)
            return nil
        }
        return FieldSchema(name: entry.key, path: path, type: type)
    }

    /// The slot of the field that a scalar names.
    func slot(
        _ node: YAMLNode, as role: String, _ types: Set<FieldType>, _ problems: inout Problems
    ) -> Int? {
        guard let name = node.text("the name of a field", &problems) else { return nil }
        guard let slot = fields.firstIndex(where: { $0.name == name }) else {
            problems.add(
                at: node.position, found: "unknown field `\(name)`", expected: "one of `fields`",
                suggestion: NearestName.of(name, among: fields.map(\.name)))
            return nil
        }
        guard types.contains(fields[slot].type) else {
            let names = FieldType.allCases.filter(types.contains).map(\.rawValue)
            problems.add(
                at: node.position, found: "\(fields[slot].type.rawValue) field `\(name)`",
                expected: "\(role) of type \(names.joined(separator: " or "))")
            return nil
        }
        return slot
    }

    /// The slot of a field, which is declared with the type if it is not yet.
    mutating func declare(_ name: String, _ type: FieldType) {
        guard !fields.contains(where: { $0.name == name }) else { return }
        let path = name.split(separator: ".").map(String.init)
        fields.append(FieldSchema(name: name, path: path, type: type))
    }
}
