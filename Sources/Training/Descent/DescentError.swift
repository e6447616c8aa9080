/// Why there is no path. Rows and columns count from 0.
public enum DescentError: Error, Equatable, Sendable {
    case noRows
    /// As many labels (or weights, or rules) as rows (or columns) are needed.
    case countMismatch(of: String, found: Int, expected: Int)
    case labelNotFinite(row: Int)
    /// The logistic loss takes labels 0…1.
    case labelOutOfRange(row: Int, found: Double)
    /// A weight must be finite and not negative.
    case weightInvalid(row: Int, found: Double)
    /// All weights are 0.
    case noWeight
    /// All labels are 0, or all are 1: the best intercept is infinite.
    case oneClass(label: Double)
    case setting(name: String, found: Double, expected: String)
    /// A bound must leave 0 allowed, a penalty factor must be finite and not negative.
    case rule(column: Int, found: String, expected: String)
    /// Without a penalty on them all, so many columns cannot be certified.
    case unpenalizedColumns(found: Int, max: Int)
    /// Unpenalised columns tell the classes apart: weights grow without end.
    case separable(lambda: Double)
    case lossUnsupported(String)
}

extension DescentError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .noRows: "found no rows; expected at least one"
        case .countMismatch(let what, let found, let expected):
            "found \(found) \(what); expected \(expected)"
        case .labelNotFinite(let row): "row \(row): found a label that is no finite number"
        case .labelOutOfRange(let row, let found):
            "row \(row): found the label \(found); expected 0…1 for the logistic loss"
        case .weightInvalid(let row, let found):
            "row \(row): found the weight \(found); expected a finite number, 0 or more"
        case .noWeight: "found only weights of 0; expected one above"
        case .oneClass(let label):
            "found only labels \(label); expected both classes for the logistic loss"
        case .setting(let name, let found, let expected):
            "\(name): found \(found); expected \(expected)"
        case .rule(let column, let found, let expected):
            "column \(column): found \(found); expected \(expected)"
        case .unpenalizedColumns(let found, let max):
            "found \(found) columns without penalty; expected at most \(max)"
        case .separable(let lambda):
            "λ = \(lambda): columns without penalty separate the classes, so their weights grow"
                + " without end; expected a penalty on them"
        case .lossUnsupported(let loss): "found the loss \(loss); expected logistic or squared"
        }
    }
}
