internal import Bytes
internal import CSimdJSON

/// Fills a row from JSON messages, by a schema compiled once.
///
/// The whole message is checked against RFC 8259, undeclared parts too; undeclared keys may repeat.
/// A number given as `12.0` or `1.2e1` is an integer, because its value is.
/// About 200 ns for a message of 230 bytes, half of that for one that looks like the one before:
/// the same keys, written alike. Allocates only for a message larger than all before.
/// One decoder serves one thread: the buffers behind it are reused by every call.
public struct JSONEventDecoder: ~Copyable {
    private let fields: JSONFields
    private let types: [FieldType]
    private let textSlots: [Int]
    private let required: [Int]

    public init(
        schema: EventSchema, limits: DecodeLimits = DecodeLimits()
    ) throws(SchemaError) {
        try schema.validate()
        let fields = try JSONFields(limits: limits)
        for slot in schema.fields.indices {
            try fields.declare(schema.fields[slot], slot: slot)
        }
        self.fields = fields
        types = schema.fields.map(\.type)
        textSlots = schema.fields.indices.filter { schema.fields[$0].type == .string }
        required = schema.required.sorted()
    }

    /// Empties the row and fills it from one message. After an error the row's content is
    /// unspecified.
    public func decode(
        _ payload: borrowing RawSpan, into row: inout EventRow
    ) throws(DecodeError) {
        row.removeAll()
        try fields.decode(payload)
        fill(&row)
        if let slot = EventSchema.firstMissing(required, in: row) {
            throw DecodeError(.missingField, field: slot)
        }
    }

    private func fill(_ row: inout EventRow) {
        setScalars(&row)
        for slot in textSlots where row.states[slot] == .present {
            row.setText(unsafe fields.text(of: slot).bytes, at: slot)
        }
    }

    /// Sets the state of every field, and the value of all but texts.
    private func setScalars(_ row: inout EventRow) {
        let types = types.span
        for slot in types.indices {
            let value = unsafe fields[slot]
            guard unsafe value.state == CSIMDJSON_PRESENT else {
                if unsafe value.state == CSIMDJSON_NULL { row.states[slot] = .null }
                continue
            }
            row.states[slot] = .present
            switch types[slot] {
            case .int64, .bool:
                row.integers[slot] = unsafe value.integer
                row.numbers[slot] = unsafe Double(value.integer)
            case .double: row.numbers[slot] = unsafe value.number
            case .string: break
            }
        }
    }
}
