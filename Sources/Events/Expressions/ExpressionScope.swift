/// What an expression's value is.
public enum ExpressionType: String, Sendable {
    case number, bool, text
}

/// The names that an expression may use, with their slots in `EventRow`.
public struct ExpressionScope: Sendable {
    struct Name: Sendable {
        let slot: Int
        let type: ExpressionType
    }

    private var declared: [String: Name] = [:]

    public init() {}

    /// Declares a name; a second declaration of the same name replaces the first.
    ///
    /// - Parameter slot: 0 or more.
    public mutating func declare(_ name: String, slot: Int, type: ExpressionType) {
        precondition(slot >= 0 && slot <= Int(Int32.max), "slot \(slot) of \(name)")
        declared[name] = Name(slot: slot, type: type)
    }

    /// Every declared name, sorted.
    public var names: [String] { declared.keys.sorted() }

    subscript(name: String) -> Name? { declared[name] }
}
