internal import Bytes

extension DecodeError {
    /// The error in words for people: `amount: wrong_type at byte 81: found a string; expected a
    /// number`.
    ///
    /// - Parameter message: the message turned away.
    public func text(for schema: EventSchema, message: borrowing RawSpan) -> String {
        let name = field.map { schema.fields.indices.contains($0) ? schema.fields[$0].name : "?" }
        let subject = name.map { "\($0): " } ?? ""
        let finding = finding(in: message).map { "found \($0); " } ?? ""
        return "\(subject)\(reason.rawValue)\(placeText): \(finding)\(expectation(in: schema))"
    }

    /// What stands at the byte at fault, by its first byte.
    private func finding(in message: borrowing RawSpan) -> String? {
        if reason == .tooLarge && field == nil { return "\(message.byteCount) bytes" }
        guard let byte else { return nil }
        guard byte < message.byteCount else { return "the end" }
        switch message.byte(byte) {
        case UInt8(ascii: "{"): return "an object"
        case UInt8(ascii: "["): return "an array"
        case UInt8(ascii: "\""): return reason == .duplicateField ? "its key again" : "a string"
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): return "a number"
        case UInt8(ascii: "t"), UInt8(ascii: "f"): return reason == .wrongType ? "a bool" : "text"
        case UInt8(ascii: "\\"): return "a backslash"
        case let other: return "byte \(other)"
        }
    }

    private var placeText: String {
        switch place {
        case .unknown: ""
        case .byte(let byte): " at byte \(byte)"
        case .cell(let line, let column): " at line \(line), column \(column)"
        }
    }

    private func expectation(in schema: EventSchema) -> String {
        switch reason {
        case .malformedJSON: "expected one JSON object"
        case .malformedCSV: "expected quotes around the whole field, doubled inside"
        case .columnCount: "expected as many columns as the header"
        case .invalidUTF8: "expected UTF-8"
        case .wrongType: "expected \(typeText(in: schema))"
        case .outOfRange: "expected a value in range"
        case .duplicateField: "expected each declared field once"
        case .missingField: "expected a value"
        case .malformedTime: "expected a time such as 2018-04-01T00:00:31.250Z"
        case .tooLarge: "expected a size within the limits"
        case .tooDeep: "expected fewer objects and arrays inside each other"
        }
    }

    private func typeText(in schema: EventSchema) -> String {
        guard let field, schema.fields.indices.contains(field) else { return "an object" }
        return switch schema.fields[field].type {
        case .int64: "an integer of 64 bits"
        case .double: "a number"
        case .bool: "true or false"
        case .string: "a string"
        }
    }
}
