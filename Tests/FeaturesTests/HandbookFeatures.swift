import Bytes
import Events
import Sparse
import TestSupport

@testable import Features

/// The fourteen published features over the published transactions, in file order; a label is due
/// seven days after its transaction and comes before a transaction of that very time.
struct HandbookFeatures: ~Copyable {
    static let day: Int64 = 86_400_000

    private static let schema = EventSchema(
        fields: [
            ("transaction_id", FieldType.int64), ("timestamp", .int64), ("customer_id", .int64),
            ("terminal_id", .int64), ("amount", .double),
        ].map { FieldSchema(name: $0, path: [$0], type: $1) }, id: 0, time: 1)

    private static let definitions: [FeatureDefinition] = {
        var definitions = [
            FeatureDefinition(name: "weekend", kind: .value(expression: "weekday(time) >= 6")),
            FeatureDefinition(name: "night", kind: .value(expression: "hour(time) <= 6")),
        ]
        for (entity, operand, delay) in [
            ("customer_id", Aggregate.Operand.expression("amount"), Int64(0)),
            ("terminal_id", .label, 7),
        ] {
            for days in [Int64(1), 7, 30] {
                for (function, operand) in [(Aggregate.Function.count, .event), (.mean, operand)] {
                    let aggregate = Aggregate(
                        entity: entity, function: function, operand: operand,
                        windowMillis: days * day, delayMillis: delay * day, otherwise: 0)
                    let name = "\(entity)_\(function)_\(days)d"
                    definitions.append(
                        FeatureDefinition(name: name, kind: .aggregate(aggregate)))
                }
            }
        }
        return definitions
    }()

    let transactions: NumberTable
    private let labels: NumberTable
    private let slots: [Int]
    private var state: FeatureState
    private var row: EventRow
    private var vector = SparseVector()
    private var references: [(due: Int64, row: Int, FeatureState.Reference)] = []
    private var nextLabel = 0

    init(_ folder: String) throws {
        let transactions = NumberTable(csv: try SharedData.bytes(folder + "transactions.csv.gz"))
        let labels = NumberTable(csv: try SharedData.bytes(folder + "labels.csv.gz"))
        let plan = try FeaturePlan(
            schema: Self.schema, definitions: Self.definitions, labelHorizonMillis: 7 * Self.day)
        self.transactions = transactions
        self.labels = labels
        slots = plan.features.compactMap(\.slot)
        state = FeatureState(plan: plan, limits: FeatureLimits())
        row = EventRow(slots: plan.slotCount)
    }

    /// The fourteen features of a transaction; rows must be asked for in order.
    mutating func features(_ number: Int) -> [Double] {
        let time = Int64(transactions[number, 1])
        while nextLabel < references.count, references[nextLabel].due <= time {
            state.setLabel(labels[references[nextLabel].row, 1], at: references[nextLabel].2)
            nextLabel += 1
        }
        row.removeAll()
        for slot in 0..<4 { row.setInteger(Int64(transactions[number, slot]), at: slot) }
        row.setNumber(transactions[number, 4], at: 4)
        var reference = FeatureState.Reference()
        state.step(row: &row, time: time, clock: time, into: &vector, reference: &reference)
        references.append((time + 7 * Self.day, number, reference))
        var features: [Double] = []
        for slot in slots { features.append(row.numbers[slot]) }
        return features
    }
}
