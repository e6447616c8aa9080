import Bytes
import Events

/// A value of an expression as the tests see it.
enum PlainValue: Equatable {
    case number(Double)
    case bool(Bool)
    case text([UInt8])
}

/// Names with their types and, in a row, their values; absent ones are missing.
struct ExpressionFixture {
    static let names: [(name: String, type: ExpressionType)] = [
        ("amount", .number), ("customer_mean_1d", .number), ("time", .number), ("n", .number),
        ("lat1", .number), ("lon1", .number), ("lat2", .number), ("lon2", .number),
        ("night", .bool), ("online", .bool), ("merchant", .text), ("card.country", .text),
    ]

    static let scope: ExpressionScope = {
        var scope = ExpressionScope()
        for (slot, declared) in names.enumerated() {
            scope.declare(declared.name, slot: slot, type: declared.type)
        }
        return scope
    }()

    var values: [String: PlainValue] = [:]

    func row() -> EventRow {
        var row = EventRow(slots: Self.names.count)
        fill(&row)
        return row
    }

    func fill(_ row: inout EventRow) {
        row.removeAll()
        for (slot, declared) in Self.names.enumerated() {
            switch values[declared.name] {
            case .number(let number): row.setNumber(number, at: slot)
            case .bool(let bool): row.setNumber(bool ? 1 : 0, at: slot)
            case .text(let bytes): row.setText(unsafe bytes.span.bytes, at: slot)
            case nil: break
            }
        }
    }

    /// Compiles and evaluates; nil is missing.
    func value(of source: String) throws(ExpressionError) -> PlainValue? {
        try value(of: Expression(source, in: Self.scope))
    }

    func value(of expression: Expression) -> PlainValue? {
        var row = row()
        if expression.type == .text {
            guard let range = expression.text(from: &row) else { return nil }
            return .text(unsafe row.textBytes(range).withUnsafeBytes { unsafe Array($0) })
        }
        let number = expression.number(from: &row)
        if number.isNaN { return nil }
        return expression.type == .bool ? .bool(number == 1) : .number(number)
    }
}
