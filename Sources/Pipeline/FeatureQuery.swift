/// What someone outside asks of features: those of which entities, and which.
public struct FeatureQuery: Sendable {
    /// A field that is known of an event.
    public enum Value: Equatable, Sendable {
        /// Of an int64, or 0 or 1 for a bool.
        case integer(Int64)
        case number(Double)
        case text([UInt8])
    }

    /// A declared field, by its slot, with its value.
    public struct Field: Equatable, Sendable {
        public var slot: Int
        public var value: Value

        public init(slot: Int, value: Value) {
            self.slot = slot
            self.value = value
        }
    }

    /// Who asks; counted with every feature (`ReadTable`).
    public var consumer: String
    /// Places among the declared features; none of a category or a text.
    public var features: [Int]
    /// For each answer the fields that are known: keys of entities, and what expressions read.
    public var rows: [[Field]]
    /// Event time, milliseconds since the Unix epoch; nil, and any time before it, for that of the
    /// newest event.
    public var timeMillis: Int64?

    public init(
        consumer: String, features: [Int], rows: [[Field]], timeMillis: Int64? = nil
    ) {
        self.consumer = consumer
        self.features = features
        self.rows = rows
        self.timeMillis = timeMillis
    }
}

/// Features as they were between two events of a task.
public struct FeatureAnswer: Sendable {
    /// One row of the question.
    public struct Row: Equatable, Sendable {
        /// Whether one of its entities has been seen.
        public var isKnown: Bool
        /// By feature asked for; NaN for a missing one.
        public var values: [Double]
        /// The event time that they are of, milliseconds since the Unix epoch.
        public var timeMillis: Int64
    }

    public var rows: [Row]
    /// Those of the features asked for that are not computed now.
    public var skipped: Set<Int>

    /// Takes from another task, of the same question, the rows that only it knows.
    public mutating func merge(_ other: FeatureAnswer) {
        skipped.formUnion(other.skipped)
        for place in rows.indices where !rows[place].isKnown && other.rows[place].isKnown {
            rows[place] = other.rows[place]
        }
    }
}
