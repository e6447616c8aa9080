extension DecodeError {
    /// The error in words for people: `amount: wrong_type at byte 81: expected a double`.
    public func text(for schema: EventSchema) -> String {
        let name = field.map { schema.fields.indices.contains($0) ? schema.fields[$0].name : "?" }
        let subject = name.map { "\($0): " } ?? ""
        return "\(subject)\(reason.rawValue)\(placeText): \(expectation(in: schema))"
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
