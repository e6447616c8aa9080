internal import Bytes
public import Events
internal import Features

/// The form of a topic's messages.
public enum MessageFormat: String, CaseIterable, Sendable {
    case json, csv
}

/// Where the events come from and how they are read.
public struct EventSource: Equatable, Sendable {
    public let topic: String
    public let format: MessageFormat
    public private(set) var schema: EventSchema
    /// The slot of the field that is the records' key; nil unless the file names one.
    private let declaredKey: Int?
    /// Whether the file promises that records are keyed, and so partitioned, by `key`.
    public var isKeyDeclared: Bool { declaredKey != nil }
    /// The slot of the field that is the key of predictions: the one named, else the only entity,
    /// else the id.
    public private(set) var key: Int

    enum Key: String, CaseIterable {
        case topic, format, id, key, time, fields
    }

    init?(_ node: YAMLNode, _ problems: inout Problems) {
        guard let section = Section<Key>(node, "events", &problems) else { return nil }
        let topic = section.required(.topic, "the topic of the events", &problems)?
            .topic(&problems)
        let format = section[.format].flatMap { $0.choice(MessageFormat.self, &problems) }
        let fields = section.required(.fields, "the fields and their types", &problems)
            .map { FieldList($0, &problems) }
        let id = section.required(.id, "the field that identifies an event", &problems)
        let timeName = section[.time].flatMap { TimeDeclaration($0, &problems) }
        guard let fields, fields.isComplete else { return nil }
        let idSlot = id.flatMap {
            fields.slot($0, as: "an id", [.int64, .string], &problems)
        }
        let keySlot = section[.key].flatMap {
            fields.slot($0, as: "a key", [.int64, .string], &problems)
        }
        let time = timeName.flatMap { $0.slot(in: fields, &problems) }
        guard let topic, let idSlot, section[.time] == nil || time != nil else { return nil }
        self.topic = topic
        self.format = format ?? .json
        declaredKey = keySlot
        key = keySlot ?? idSlot
        schema = EventSchema(
            fields: fields.fields, id: idSlot, time: time?.slot, timeUnit: time?.unit ?? .ms,
            required: keySlot.map { [$0] } ?? [])
    }

    /// Makes every field that groups events required, and the only one the key if none was named.
    mutating func require(entitiesOf features: [FeatureDefinition]) {
        let names = features.compactMap { feature -> String? in
            if case .aggregate(let aggregate) = feature.kind { return aggregate.entity }
            return nil
        }
        let slots = Set(names.compactMap { name in schema.fields.firstIndex { $0.name == name } })
        schema.required.formUnion(slots)
        if declaredKey == nil, slots.count == 1, let only = slots.first { key = only }
    }
}

/// The name of the time field, with its unit if the file tells it.
struct TimeDeclaration {
    let field: YAMLNode
    let unit: YAMLNode?

    enum Key: String, CaseIterable {
        case field, unit
    }

    init?(_ node: YAMLNode, _ problems: inout Problems) {
        if node.scalar != nil {
            field = node
            unit = nil
            return
        }
        guard let section = Section<Key>(node, "time", &problems),
            let field = section.required(.field, "the field that holds the time", &problems)
        else { return nil }
        self.field = field
        unit = section[.unit]
    }

    func slot(
        in fields: FieldList, _ problems: inout Problems
    ) -> (slot: Int, unit: TimeUnit)? {
        guard let slot = fields.slot(field, as: "a time", [.int64, .string], &problems) else {
            return nil
        }
        let isText = fields.fields[slot].type == .string
        guard let node = unit else { return (slot, isText ? .rfc3339 : .ms) }
        guard let unit = node.choice(TimeUnit.self, &problems) else { return nil }
        guard isText == (unit == .rfc3339) else {
            problems.add(
                at: node.position,
                found: "unit `\(unit.rawValue)` of "
                    + "\(fields.fields[slot].type.rawValue) field `\(fields.fields[slot].name)`",
                expected: isText ? "`rfc3339`" : "one of `s`, `ms`, `us`, `ns`")
            return nil
        }
        return (slot, unit)
    }
}
