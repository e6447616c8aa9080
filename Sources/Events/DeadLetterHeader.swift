/// Headers of a dead-letter record; its key and value are those of the record turned away
/// (`schemas/dead-letter.schema.json`).
public enum DeadLetterHeader: String, CaseIterable, Sendable {
    /// `DecodeError.Reason`, as its raw value.
    case reason = "espalier-reason"
    /// The name of the field at fault; absent when it is the whole message.
    case field = "espalier-field"
    /// Where the record came from: `topic/partition/offset`.
    case position = "espalier-position"
    /// The byte of the message at fault, from 0; absent where unknown.
    case byte = "espalier-byte"
    /// The error in words, for people.
    case detail = "espalier-detail"
}
