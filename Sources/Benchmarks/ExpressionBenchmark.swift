import Bytes
import Events

/// Formulas over a decoded payment.
enum ExpressionBenchmark {
    private static let rounds = 1_000
    private static let formulas = [
        "amount",
        "amount / mean",
        "hour(time) <= 6",
        "weekday(time) >= 6 && amount > 100 ? amount / mean : 0",
    ]

    static func measure(_ log: borrowing PaymentLog, _ scale: Scale) throws -> [Measurement] {
        let schema = HandbookProject.schema
        let timeSlot = schema.fields.count
        let meanSlot = timeSlot + 1
        var scope = ExpressionScope()
        scope.declare("amount", slot: 4, type: .number)
        scope.declare("time", slot: timeSlot, type: .number)
        scope.declare("mean", slot: meanSlot, type: .number)
        var row = EventRow(slots: meanSlot + 1)
        let decoder = try EventDecoder(json: schema)
        try decoder.decode(log.bytes(log.events[0].value), into: &row)
        row.setNumber(row.numbers[1], at: timeSlot)
        row.setNumber(50, at: meanSlot)
        return try formulas.map { formula in
            let expression = try Expression(formula, in: scope)
            let (cost, value) = evaluate(expression, &row, scale)
            return Measurement(formula, cost, "ns", note: "= \(MeasurementTable.number(value))")
        }
    }

    private static func evaluate(
        _ expression: Expression, _ row: inout EventRow, _ scale: Scale
    ) -> (Double, Double) {
        var samples = Samples()
        var sum = 0.0
        for _ in 0..<scale.repetitions {
            let start = ThreadTime.now()
            for _ in 0..<rounds { sum += expression.number(from: &row) }
            samples.append(ThreadTime.now() - start, over: rounds)
        }
        return (samples.median, sum / Double(rounds * scale.repetitions))
    }
}
