internal import Bytes
internal import Events

/// Which entity each event of a history was of, by a field of theirs.
///
/// Memory: about 40 bytes an event.
struct EventEntities {
    private let slot: Int
    private let type: FieldType
    private var keys: [UInt64: UInt64] = [:]

    init(field: String, of schema: EventSchema) throws(Failure) {
        guard let slot = schema.fields.firstIndex(where: { $0.name == field }) else {
            let names = schema.fields.map(\.name)
            let nearest = NearestName.of(field, among: names).map { "; did you mean \($0)?" } ?? ""
            throw Failure(
                .usage, "--entity: found \(field), which is no field of events\(nearest)")
        }
        type = schema.fields[slot].type
        self.slot = slot
    }

    /// Notes an event by the key of its id. Those without the field are of one entity.
    mutating func note(_ key: UInt64, _ row: borrowing EventRow) {
        guard row.states[slot] == .present else {
            keys[key] = 0
            return
        }
        switch type {
        case .string: keys[key] = StableHash.of(row.textBytes(row.texts[slot]))
        case .int64, .bool: keys[key] = StableHash.mix(UInt64(bitPattern: row.integers[slot]))
        case .double: keys[key] = StableHash.mix(row.numbers[slot].bitPattern)
        }
    }

    func entity(ofEvent key: UInt64) -> UInt64 { keys[key] ?? 0 }
}
