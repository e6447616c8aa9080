/// Headers of a dead-letter record; its key and value are those of the record turned away
/// (`schemas/dead-letter.schema.json`).
public enum DeadLetterHeader: String, CaseIterable, Sendable {
    /// Why: `DecodeError.Reason` as its raw value, `late` or `ahead`.
    case reason = "espalier-reason"
    /// The name of the field at fault; absent when it is the whole message.
    case field = "espalier-field"
    /// Where the record came from: `topic/partition/offset`.
    case position = "espalier-position"
    /// The byte of the message at fault, from 0; absent where unknown.
    case byte = "espalier-byte"
    /// The message's length in bytes; present only where the value was cut.
    case length = "espalier-length"
    /// The error in words, for people.
    case detail = "espalier-detail"
    /// `replayed` or `dropped`: this record turns nothing away, but tells that the letter whose
    /// place in this topic is its key was dealt with.
    case settled = "espalier-settled"
}

/// Headers of a prediction.
public enum PredictionHeader: String, CaseIterable, Sendable {
    /// The version of the model that scored.
    case model = "espalier-model"
    /// The event's place, `topic/partition/offset`: a repeated prediction has the same.
    case source = "espalier-source"
}
