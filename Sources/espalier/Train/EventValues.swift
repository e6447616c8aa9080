internal import Bytes
internal import Events

/// Which value each event of a history had in a field of theirs.
///
/// Memory: about 40 bytes an event, and the texts of `textsMax` values.
struct EventValues {
    let field: String
    private let slot: Int
    private let type: FieldType
    private let textsMax: Int
    /// By event; of those that have the field.
    private var keys: [UInt64: UInt64] = [:]
    private var texts: [UInt64: String] = [:]

    /// - Parameters:
    ///   - option: that names it, for the error.
    ///   - expected: what it should name.
    ///   - textsMax: values whose texts are kept; the others have keys alone.
    init(
        field: String, of schema: EventSchema, option: String,
        expected: String = "a field of events", textsMax: Int = 0
    ) throws(Failure) {
        guard let slot = schema.fields.firstIndex(where: { $0.name == field }) else {
            let names = schema.fields.map(\.name)
            let nearest = NearestName.of(field, among: names).map { "; did you mean \($0)?" } ?? ""
            throw Failure(
                .usage, "\(option): found \(field); expected \(expected)\(nearest)")
        }
        self.field = field
        self.slot = slot
        self.textsMax = textsMax
        type = schema.fields[slot].type
    }

    /// Notes an event by the key of its id.
    mutating func note(_ event: UInt64, _ row: borrowing EventRow) {
        guard row.states[slot] == .present else {
            keys[event] = nil
            return
        }
        let key =
            switch type {
            case .string: StableHash.of(row.textBytes(row.texts[slot]))
            case .int64, .bool: StableHash.mix(UInt64(bitPattern: row.integers[slot]))
            case .double: StableHash.mix(row.numbers[slot].bitPattern)
            }
        keys[event] = key
        if texts.count < textsMax, texts[key] == nil { texts[key] = text(row) }
    }

    private func text(_ row: borrowing EventRow) -> String {
        switch type {
        case .string:
            unsafe row.textBytes(row.texts[slot]).withUnsafeBytes {
                unsafe String(decoding: $0, as: UTF8.self)
            }
        case .int64: "\(row.integers[slot])"
        case .bool: row.integers[slot] == 0 ? "false" : "true"
        case .double: Numerals.plain(row.numbers[slot])
        }
    }

    /// What the examples of these events had.
    func values(ofEvents events: [UInt64]) -> ExampleValues {
        ExampleValues(field: field, keys: events.map { keys[$0] }, texts: texts)
    }
}
