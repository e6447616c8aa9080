/// What a declared field of a message holds.
public enum FieldType: String, CaseIterable, Sendable {
    case int64, double, bool, string
}

/// One declared field: where it stands in a message and what it holds.
public struct FieldSchema: Equatable, Sendable {
    /// The name that expressions and features use.
    public let name: String
    /// Keys from the root of the message, outermost first: `card.country` is `["card", "country"]`.
    public let path: [String]
    public let type: FieldType

    public init(name: String, path: [String], type: FieldType) {
        self.name = name
        self.path = path
        self.type = type
    }
}

/// The unit or form of a time field; everything inside is `Int64` milliseconds since the Unix
/// epoch.
public enum TimeUnit: String, CaseIterable, Sendable {
    /// Integer seconds, milliseconds, microseconds, nanoseconds since the epoch; the finer two are
    /// rounded down to milliseconds.
    case s, ms, us, ns
    /// A string such as `2018-04-01T00:00:31.250Z` or `…+02:00`.
    case rfc3339
}

/// The layout of one topic's messages. A field's slot is its place in `fields`.
public struct EventSchema: Equatable, Sendable {
    public var fields: [FieldSchema]
    /// The slot of the event's id (int64 or string).
    public var id: Int
    /// The slot of the event's time; without one, the record's timestamp is the time.
    public var time: Int?
    public var timeUnit: TimeUnit
    /// Slots without which a record is rejected: the id, the time and every entity key.
    public var required: Set<Int>

    public init(
        fields: [FieldSchema], id: Int, time: Int?, timeUnit: TimeUnit = .ms,
        required: Set<Int> = []
    ) {
        self.fields = fields
        self.id = id
        self.time = time
        self.timeUnit = timeUnit
        self.required = required.union([id]).union(time.map { [$0] } ?? [])
    }
}
