/// Why a message was turned away: facts only. A decoder throws it without allocating.
public struct DecodeError: Error, Equatable, Sendable {
    /// The raw value is the stable code in counters and dead-letter headers.
    public enum Reason: String, CaseIterable, Sendable {
        /// Not JSON by RFC 8259, or more than one value.
        case malformedJSON = "malformed_json"
        /// Not CSV by RFC 4180: a stray or missing quote.
        case malformedCSV = "malformed_csv"
        /// More or fewer columns than the header.
        case columnCount = "column_count"
        /// Bytes that are not UTF-8, or half a surrogate pair.
        case invalidUTF8 = "invalid_utf8"
        /// A declared field of another type, a fraction where an integer is declared, a message
        /// that is not an object.
        case wrongType = "wrong_type"
        /// An integer beyond 64 bits, a number beyond double, a time outside `EventTime.limits`.
        case outOfRange = "out_of_range"
        /// A declared field given twice.
        case duplicateField = "duplicate_field"
        /// A required field absent or null.
        case missingField = "missing_field"
        /// A time field that is not RFC 3339.
        case malformedTime = "malformed_time"
        /// A message or a text beyond `DecodeLimits`.
        case tooLarge = "too_large"
        /// More objects and arrays inside each other than `DecodeLimits.depthMax`.
        case tooDeep = "too_deep"
    }

    /// Where in the message, as far as known.
    public enum Place: Equatable, Sendable {
        case unknown
        /// Offset from the first byte of the message.
        case byte(Int)
        /// Line and column of a CSV file, both from 1; the column counts fields.
        case cell(line: Int, column: Int)
    }

    public let reason: Reason
    /// The slot of the field at fault.
    public let field: Int?
    public let place: Place

    public init(_ reason: Reason, field: Int? = nil, at place: Place = .unknown) {
        self.reason = reason
        self.field = field
        self.place = place
    }

    /// The offset in the message, where known.
    public var byte: Int? {
        if case .byte(let byte) = place { byte } else { nil }
    }
}
