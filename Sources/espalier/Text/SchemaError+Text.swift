internal import Events

extension SchemaError {
    /// The error in words, with names of fields.
    func text(for schema: EventSchema) -> String {
        func name(_ slot: Int) -> String {
            guard schema.fields.indices.contains(slot) else { return "field \(slot)" }
            return schema.fields[slot].path.joined(separator: ".")
        }
        return switch self {
        case .emptyPath(let field): "field \(field + 1): found no path; expected a name"
        case .pathConflict(let field): "found \(name(field)) twice; expected each place once"
        case .noSuchField(let slot): "found field \(slot); expected one of \(schema.fields.count)"
        case .wrongType(let field, let found):
            "\(name(field)): found \(found.rawValue); expected another type for its role"
        case .missingColumn(let field): "found no column \(name(field)); expected one in the header"
        case .malformedHeader(let column): "found a faulty header at column \(column)"
        case .tooManyFields: "found too many fields"
        }
    }
}
