internal import Bytes
internal import CSimdJSON
internal import CText

/// Fills a row from the records of a CSV file (RFC 4180) by a schema and the file's header.
///
/// A column serves the field whose path, joined by points, it is named after. An empty field is
/// null; `""` is the empty text for a string and null for every other type. Booleans are `true`,
/// `false` (also capitalised), `1`, `0`. Columns that no field names are only checked for quotes
/// and UTF-8.
public struct CSVEventDecoder: Sendable {
    private let types: [FieldType]
    private let required: [Int]
    /// The slot of each column, or nil.
    private let slots: [Int?]
    private let delimiter: UInt8
    private let limits: DecodeLimits

    /// - Parameter header: the file's first record.
    public init(
        schema: EventSchema, header: borrowing RawSpan, delimiter: UInt8 = UInt8(ascii: ","),
        limits: DecodeLimits = DecodeLimits()
    ) throws(SchemaError) {
        try schema.validate()
        types = schema.fields.map(\.type)
        required = schema.required.sorted()
        self.delimiter = delimiter
        self.limits = limits
        slots = try Self.slots(schema, Self.names(header, delimiter: delimiter))
    }

    private static func names(
        _ header: borrowing RawSpan, delimiter: UInt8
    ) throws(SchemaError) -> [String] {
        var names: [String] = []
        var cursor = CSVCursor(delimiter: delimiter)
        repeat {
            guard let field = cursor.next(in: header), isUTF8(header.extracting(field.range)) else {
                throw .malformedHeader(column: names.count + 1)
            }
            let text = unsafe header.extracting(field.range).withUnsafeBytes {
                unsafe String(decoding: $0, as: UTF8.self)
            }
            names.append(field.hasDoubledQuotes ? undoubled(text) : text)
        } while !cursor.isAtEnd
        return names
    }

    private static func undoubled(_ text: String) -> String {
        text.split(separator: "\"\"", omittingEmptySubsequences: false).joined(separator: "\"")
    }

    private static func slots(
        _ schema: EventSchema, _ names: [String]
    ) throws(SchemaError) -> [Int?] {
        var slots = [Int?](repeating: nil, count: names.count)
        for slot in schema.fields.indices {
            let name = schema.fields[slot].path.joined(separator: ".")
            guard let column = names.firstIndex(of: name) else {
                if schema.required.contains(slot) { throw .missingColumn(field: slot) }
                continue
            }
            guard slots[column] == nil else { throw .pathConflict(field: slot) }
            guard names.lastIndex(of: name) == column else {
                throw .malformedHeader(column: names.lastIndex(of: name)! + 1)
            }
            slots[column] = slot
        }
        return slots
    }

    /// Empties the row and fills it from one record, without its line end. After an error the row's
    /// content is unspecified.
    ///
    /// - Parameter line: the record's first line in the file, from 1, for errors.
    public func decode(
        _ record: borrowing RawSpan, line: Int = 1, into row: inout EventRow
    ) throws(DecodeError) {
        row.removeAll()
        guard record.byteCount <= limits.messageBytesMax else { throw DecodeError(.tooLarge) }
        let isUTF8 = Self.isUTF8(record)
        var cursor = CSVCursor(delimiter: delimiter)
        for column in slots.indices {
            let place = DecodeError.Place.cell(line: line, column: column + 1)
            let slot = slots[column]
            guard column == 0 || !cursor.isAtEnd else { throw DecodeError(.columnCount, at: place) }
            guard let field = cursor.next(in: record) else {
                throw DecodeError(.malformedCSV, field: slot, at: place)
            }
            let bytes = record.extracting(field.range)
            guard isUTF8 || Self.isUTF8(bytes) else {
                throw DecodeError(.invalidUTF8, field: slot, at: place)
            }
            guard let slot else { continue }
            if let reason = set(bytes, field, slot, in: &row) {
                throw DecodeError(reason, field: slot, at: place)
            }
        }
        guard cursor.isAtEnd else {
            throw DecodeError(.columnCount, at: .cell(line: line, column: slots.count + 1))
        }
        if let slot = EventSchema.firstMissing(required, in: row) {
            let column = slots.firstIndex(of: slot)! + 1
            throw DecodeError(.missingField, field: slot, at: .cell(line: line, column: column))
        }
    }

    /// Sets one slot from a field; returns why it cannot.
    private func set(
        _ bytes: borrowing RawSpan, _ field: CSVField, _ slot: Int, in row: inout EventRow
    ) -> DecodeError.Reason? {
        let type = types[slot]
        if bytes.byteCount == 0, type != .string || !field.isQuoted {
            row.states[slot] = .null
            return nil
        }
        switch type {
        case .int64: return CSVNumber.integer(bytes).set { row.setInteger($0, at: slot) }
        case .double: return CSVNumber.double(bytes).set { row.setNumber($0, at: slot) }
        case .bool: return CSVNumber.bool(bytes).set { row.setInteger($0, at: slot) }
        case .string:
            if field.hasDoubledQuotes {
                row.setText(undoubling: bytes, at: slot)
            } else {
                row.setText(bytes, at: slot)
            }
            return row.texts[slot].count > limits.stringBytesMax ? .tooLarge : nil
        }
    }

    private static func isUTF8(_ bytes: borrowing RawSpan) -> Bool {
        unsafe bytes.withUnsafeBytes {
            unsafe csimdjson_is_utf8($0.baseAddress?.assumingMemoryBound(to: UInt8.self), $0.count)
                == 1
        }
    }
}

extension EventRow {
    /// Copies the inside of a quoted field, where a quote is written twice.
    fileprivate mutating func setText(undoubling bytes: borrowing RawSpan, at slot: Int) {
        let start = text.count
        var from = 0
        for at in 0..<bytes.byteCount - 1 where at >= from {
            guard bytes.byte(at) == UInt8(ascii: "\"") else { continue }
            text.append(bytes.extracting(from..<at + 1))
            from = at + 2
        }
        text.append(bytes.extracting(from..<bytes.byteCount))
        texts[slot] = TextRange(start: start, count: text.count - start)
        states[slot] = .present
    }
}
