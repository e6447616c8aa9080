internal import Bytes
internal import CSimdJSON

/// Fills a row from JSON messages, by a schema compiled once.
///
/// The whole message is checked against RFC 8259, undeclared parts too; undeclared keys may repeat.
/// A number given as `12.0` or `1.2e1` is an integer, because its value is.
/// About 200 ns for a message of 230 bytes; allocates only for a message larger than any before.
/// One decoder serves one thread: the buffers behind it are reused by every call.
public struct JSONEventDecoder: ~Copyable {
    private let fields: JSONFields
    private let types: [FieldType]
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
        for slot in types.indices {
            let value = unsafe fields[slot]
            guard unsafe value.state == CSIMDJSON_PRESENT else {
                unsafe row.states[slot] = value.state == CSIMDJSON_NULL ? .null : .absent
                continue
            }
            switch types[slot] {
            case .int64: unsafe row.setInteger(value.integer, at: slot)
            case .bool: unsafe row.setInteger(value.integer, at: slot)
            case .double: unsafe row.setNumber(value.number, at: slot)
            case .string:
                let text = unsafe UnsafeRawBufferPointer(start: value.text, count: Int(value.count))
                unsafe row.setText(text.bytes, at: slot)
            }
        }
    }
}
