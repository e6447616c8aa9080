internal import Bytes

/// Messages of one topic or file into rows, whatever their format.
///
/// Labels go the same way: a label message is an event with an id, a value and maybe a time.
public struct EventDecoder: ~Copyable {
    private enum Format: ~Copyable {
        case json(JSONEventDecoder)
        case csv(CSVEventDecoder)
    }

    public let schema: EventSchema
    public let id: EventID
    private let time: EventTime
    private let format: Format

    /// Decodes JSON messages.
    public init(
        json schema: EventSchema, limits: DecodeLimits = DecodeLimits()
    ) throws(SchemaError) {
        self.init(schema, .json(try JSONEventDecoder(schema: schema, limits: limits)))
    }

    /// Decodes the records of a CSV file with the given header.
    public init(
        csv schema: EventSchema, header: borrowing RawSpan, limits: DecodeLimits = DecodeLimits()
    ) throws(SchemaError) {
        self.init(
            schema, .csv(try CSVEventDecoder(schema: schema, header: header, limits: limits)))
    }

    private init(_ schema: EventSchema, _ format: consuming Format) {
        self.schema = schema
        self.format = format
        id = EventID(schema: schema)
        time = EventTime(schema: schema)
    }

    /// Empties the row and fills its first slots from one message. After an error the row's content
    /// is unspecified.
    ///
    /// - Parameter line: the line of a file that the message begins on, for errors.
    public func decode(
        _ payload: borrowing RawSpan, line: Int = 1, into row: inout EventRow
    ) throws(DecodeError) {
        switch format {
        case .json(let decoder): try decoder.decode(payload, into: &row)
        case .csv(let decoder): try decoder.decode(payload, line: line, into: &row)
        }
    }

    /// The time of the decoded event in milliseconds since the Unix epoch: from its field, or the
    /// record's timestamp where the schema names none.
    public func decodeTime(
        from row: borrowing EventRow, recordTimestamp: Int64
    ) throws(DecodeError) -> Int64 {
        try time.millis(of: row, recordTimestamp: recordTimestamp)
    }
}
