/// Headers of a dead-letter record; its key and value are those of the record turned away
/// (`schemas/dead-letter.schema.json`).
public enum DeadLetterHeader {
    /// Why: `DecodeError.Reason` as its raw value, or `late`.
    public static let reason: StaticString = "espalier-reason"
    /// The name of the field at fault; absent when it is the whole message.
    public static let field: StaticString = "espalier-field"
    /// Where the record came from: `topic/partition/offset`.
    public static let position: StaticString = "espalier-position"
    /// The byte of the message at fault, from 0; absent where unknown.
    public static let byte: StaticString = "espalier-byte"
    /// The message's length in bytes; present only where the value was cut.
    public static let length: StaticString = "espalier-length"
    /// The error in words, for people.
    public static let detail: StaticString = "espalier-detail"
}

/// Headers of a prediction (`schemas/prediction.schema.json`).
public enum PredictionHeader {
    /// The version of the model that scored.
    public static let model: StaticString = "espalier-model"
    /// The event's place, `topic/partition/offset`: a repeated prediction has the same.
    public static let source: StaticString = "espalier-source"
}
