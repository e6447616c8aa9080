/// Which value each example's event had in a field.
struct ExampleValues {
    let field: String
    /// By example: equal where values are.
    let keys: [UInt64]
    /// By key, of those values that were kept.
    let texts: [UInt64: String]
}
