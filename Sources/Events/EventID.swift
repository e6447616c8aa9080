public import Bytes
internal import JSON

/// The id of an event, read from its row: as a 64-bit key to find it by, and as JSON to name it by.
public struct EventID: Equatable, Sendable {
    private let slot: Int
    private let isText: Bool

    public init(schema: EventSchema) {
        slot = schema.id
        isText = schema.fields[schema.id].type == .string
    }

    /// The same in every process. Distinct integers have distinct keys; distinct strings share one
    /// with probability 2^-64.
    public func key(of row: borrowing EventRow) -> UInt64 {
        isText
            ? StableHash.of(row.textBytes(row.texts[slot]))
            : StableHash.mix(UInt64(bitPattern: row.integers[slot]))
    }

    /// Appends the id as JSON: a number, or a string in quotes.
    public func append(of row: borrowing EventRow, to writer: inout ByteWriter) {
        if isText {
            writer.append(quoted: row.textBytes(row.texts[slot]))
        } else {
            writer.append(decimal: row.integers[slot])
        }
    }
}
