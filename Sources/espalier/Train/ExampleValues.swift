/// Which value each example's event had in a field.
struct ExampleValues {
    let field: String
    /// By example: equal where values are; nil without the field.
    let keys: [UInt64?]
    /// By key, of those values that were kept.
    let texts: [UInt64: String]

    /// By example: equal where values are, examples without the field being a group of their own.
    var groups: [UInt64] {
        let known = Set(keys)
        // One of so many and one more is free.
        let missing = (0...UInt64(known.count)).first { !known.contains($0) } ?? 0
        return keys.map { $0 ?? missing }
    }
}
