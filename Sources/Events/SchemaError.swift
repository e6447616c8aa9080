internal import Bytes

/// Why no decoder can be made from a schema.
public enum SchemaError: Error, Equatable, Sendable {
    /// A field without a path.
    case emptyPath(field: Int)
    /// Two fields read the same place, or one reads inside what another reads.
    case pathConflict(field: Int)
    /// The id, time or a required slot is not a declared field.
    case noSuchField(slot: Int)
    /// The id must be int64 or string; a time int64, or string for `rfc3339`.
    case wrongType(field: Int, found: FieldType)
    /// A required field that is no column of the CSV header.
    case missingColumn(field: Int)
    /// A column of the header twice, or a header that is not CSV.
    case malformedHeader(column: Int)
    /// More memory than there is, or more than 32,767 keys.
    case tooManyFields
}

extension EventSchema {
    /// Checks what no type expresses: slots that exist, id and time of a fitting type.
    func validate() throws(SchemaError) {
        for slot in required.sorted() + [id] + (time.map { [$0] } ?? []) {
            guard fields.indices.contains(slot) else { throw .noSuchField(slot: slot) }
        }
        let idType = fields[id].type
        guard idType == .int64 || idType == .string else {
            throw .wrongType(field: id, found: idType)
        }
        if let time, fields[time].type != (timeUnit == .rfc3339 ? .string : .int64) {
            throw .wrongType(field: time, found: fields[time].type)
        }
        for field in fields.indices where fields[field].path.isEmpty {
            throw .emptyPath(field: field)
        }
    }

    /// The first required slot without a value, in slot order.
    static func firstMissing(_ required: [Int], in row: borrowing EventRow) -> Int? {
        for slot in required where row.states[slot] != .present { return slot }
        return nil
    }
}
