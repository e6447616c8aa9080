public import Events

/// Where the labels come from and what their absence means.
public struct LabelSource: Equatable, Sendable {
    public let topic: String
    public let format: MessageFormat
    public let schema: EventSchema
    /// The slot of the label's value: an int64, double or bool.
    public let value: Int
    /// The slot of the example's importance: an int64 or double; nil weighs all alike.
    public let weight: Int?
    /// How long after its event a label is waited for.
    public let maturityMillis: Int64
    public let silence: Silence

    /// What an event without a label counts as once it has matured.
    public enum Silence: String, CaseIterable, Sendable {
        case negative, drop
    }

    enum Key: String, CaseIterable {
        case topic, format, id, value, weight, time, fields, maturity, silence
    }

    /// - Parameter events: nil when their section has faults of its own.
    init?(_ node: YAMLNode, events: EventSource?, _ problems: inout Problems) {
        guard let section = Section<Key>(node, "labels", &problems) else { return nil }
        let topic = section.required(.topic, "the topic of the labels", &problems)?
            .topic(&problems)
        let format = section[.format].flatMap { $0.choice(MessageFormat.self, &problems) }
        let silence = section[.silence].flatMap { $0.choice(Silence.self, &problems) }
        let maturity = section.required(
            .maturity, "how long after its event a label is waited for, such as 7d", &problems)?
            .duration(atLeast: 1, &problems)
        let id = section.required(.id, "the field with the event's id", &problems)
        let value = section.required(.value, "the field with the label", &problems)
        let time = section[.time].flatMap { TimeDeclaration($0, &problems) }
        guard let events, let fields = Self.fields(section, events: events, time, &problems) else {
            return nil
        }
        let idType = events.schema.fields[events.schema.id].type
        let idSlot = id.flatMap { fields.slot($0, as: "the event's id", [idType], &problems) }
        let valueSlot = value.flatMap {
            fields.slot($0, as: "a label", [.int64, .double, .bool], &problems)
        }
        let weightSlot = section[.weight].flatMap {
            fields.slot($0, as: "a weight", [.int64, .double], &problems)
        }
        let timeSlot = time.flatMap { $0.slot(in: fields, &problems) }
        guard let topic, let maturity, let idSlot, let valueSlot else { return nil }
        self.topic = topic
        self.format = format ?? events.format
        self.maturityMillis = maturity
        self.silence = silence ?? .negative
        self.value = valueSlot
        weight = weightSlot
        schema = EventSchema(
            fields: fields.fields, id: idSlot, time: timeSlot?.slot,
            timeUnit: timeSlot?.unit ?? .ms,
            required: Set([valueSlot, weightSlot].compactMap(\.self)))
    }

    /// The declared fields and, where there is no declaration, those that id, value and time imply.
    private static func fields(
        _ section: Section<Key>, events: EventSource, _ time: TimeDeclaration?,
        _ problems: inout Problems
    ) -> FieldList? {
        if let node = section[.fields] {
            let fields = FieldList(node, &problems)
            return fields.isComplete ? fields : nil
        }
        var fields = FieldList()
        if let id = section[.id]?.scalar {
            fields.declare(id, events.schema.fields[events.schema.id].type)
        }
        for key in [Key.value, .weight] {
            if let name = section[key]?.scalar { fields.declare(name, .double) }
        }
        if let name = time?.field.scalar {
            fields.declare(name, time?.unit?.scalar == TimeUnit.rfc3339.rawValue ? .string : .int64)
        }
        return fields
    }
}
