import Bytes
import Events
import Storage
import TestSupport
import Training

/// The handbook's published evaluation: the week 2018-08-08…14, without the customers that were
/// known to be defrauded (a fraud on any day from 2018-07-25 to eight days before).
struct HandbookWeek {
    private static let startMillis: Int64 = 1_522_540_800_000
    private static let trainStart = 115
    private static let days = 129...135
    private static let knownAfter = 8

    private struct Row {
        let id: Int64
        let day: Int
        let customer: Int64
        let isFraud: Bool
    }

    private var rows: [Row] = []
    private(set) var scored = ScoredLabels()
    private(set) var cards = TopPrecision()

    var count: Int { rows.count }
    var fraudCount: Int { rows.count { $0.isFraud } }

    init() throws {
        var frauds: [Int64: Set<Int>] = [:]
        var labels = try NumberRows("handbook/labels.csv.gz", ["transaction_id", "fraud"])
        var events = try NumberRows(
            "handbook/transactions.csv.gz", ["transaction_id", "timestamp", "customer_id"])
        while try labels.advance(), try events.advance() {
            let day = (Int(events.row.numbers[1]) - Int(Self.startMillis)) / 86_400_000
            guard day >= Self.trainStart else { continue }
            let row = Row(
                id: Int64(events.row.numbers[0]), day: day, customer: Int64(events.row.numbers[2]),
                isFraud: labels.row.numbers[1] == 1)
            if row.isFraud { frauds[row.customer, default: []].insert(day) }
            if Self.days.contains(day) { rows.append(row) }
        }
        rows.removeAll { row in
            frauds[row.customer, default: []].contains { $0 <= row.day - Self.knownAfter }
        }
    }

    /// Judges scores by transaction.
    mutating func judge(_ scores: [Int64: Double]) {
        for row in rows {
            guard let score = scores[row.id] else { continue }
            let label = row.isFraud ? 1.0 : 0
            scored.append(score: score, label: label)
            cards.append(
                day: Int64(row.day), entity: UInt64(row.customer), score: score, label: label)
        }
    }

    var ids: Set<Int64> { Set(rows.map(\.id)) }
}

/// Some columns of a CSV file, row by row, as numbers; what is empty is NaN.
struct NumberRows: ~Copyable {
    private var reader: RecordReader
    private let decoder: EventDecoder
    private(set) var row: EventRow

    init(_ name: String, _ columns: [String]) throws {
        try self.init(path: "\(SharedData.root)/data/\(name)", columns)
    }

    /// - Parameter columns: the first one an integer that identifies the row.
    init(path: String, _ columns: [String]) throws {
        var reader = try RecordReader(path: path, form: .csv)
        _ = try reader.advance()
        let fields = columns.enumerated().map {
            FieldSchema(name: $1, path: [$1], type: $0 == 0 ? .int64 : .double)
        }
        decoder = try EventDecoder(
            csv: EventSchema(fields: fields, id: 0, time: nil), header: reader.record)
        self.reader = reader
        row = EventRow(slots: columns.count)
    }

    mutating func advance() throws -> Bool {
        guard try reader.advance() else { return false }
        try decoder.decode(reader.record, into: &row)
        return true
    }
}
