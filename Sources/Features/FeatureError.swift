public import Events

/// Why a set of feature definitions cannot be compiled. Each names the feature at fault.
public enum FeatureError: Error, Equatable, Sendable {
    case expression(feature: String, ExpressionError)
    /// Features that need each other, in the order they do.
    case cycle([String])
    case unknownName(feature: String, found: String, known: [String])
    /// An entity or a category must be a declared integer or text field (a category may also be a
    /// text-valued feature).
    case notAKey(feature: String, field: String, found: String)
    case operand(feature: String, found: String, expected: String)
    case window(feature: String, found: String, expected: String)
    case tooMany(what: String, found: Int, max: Int)
}

extension FeatureError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .expression(let feature, let error): "feature \(feature): \(error)"
        case .cycle(let names):
            "found features that need each other: \(names.joined(separator: " → "))"
        case .unknownName(let feature, let found, _):
            "feature \(feature): found unknown name \(found)"
        case .notAKey(let feature, let field, let found):
            "feature \(feature): found \(found) `\(field)`; expected an int64 or string field"
        case .operand(let feature, let found, let expected),
            .window(let feature, let found, let expected):
            "feature \(feature): found \(found); expected \(expected)"
        case .tooMany(let what, let found, let max):
            "found \(found) \(what); expected at most \(max)"
        }
    }
}
