import Bytes
import Events
import Foundation
import Storage
import TestSupport
import Testing

private let handbookPath = SharedData.path("handbook/transactions.csv.gz")

/// The handbook's transactions, whole, through reader and decoder.
@Suite(.enabled(if: handbookPath != nil, "needs data/handbook beside the package"))
struct HandbookTests {
    /// Sums as exact integers: of the ids, the times, and the bit patterns of the amounts
    /// (wrapping).
    struct Totals: Equatable {
        var rows = 0
        var ids: Int64 = 0
        var seconds: Int64 = 0
        var amounts = 0.0
        var bits: UInt64 = 0
    }

    func totals() throws -> Totals {
        var reader = try RecordReader(path: try #require(handbookPath), form: .csv)
        var totals = Totals()
        var row = EventRow(slots: 5)
        guard try reader.advance() else { return totals }
        let decoder = try EventDecoder(csv: Payment.schema, header: reader.record)
        while try reader.advance() {
            try decoder.decode(reader.record, line: reader.line, into: &row)
            totals.rows += 1
            totals.ids += row.integers[0]
            totals.seconds += try decoder.decodeTime(from: row, recordTimestamp: 0) / 1_000
            totals.amounts += row.numbers[4]
            totals.bits &+= row.numbers[4].bitPattern
        }
        #expect(reader.line == totals.rows + 1 && reader.bytesRead == reader.bytesTotal)
        return totals
    }

    /// The same sums by Python's gzip, csv, float and struct.
    static let program = """
        import csv, gzip, struct, sys
        rows = ids = seconds = bits = 0
        amounts = 0.0
        with gzip.open(sys.argv[1], "rt", newline="") as file:
            for row in csv.DictReader(file):
                rows += 1
                ids += int(row["transaction_id"])
                seconds += int(row["timestamp"]) // 1000
                amount = float(row["amount"])
                amounts += amount
                bits += struct.unpack("<Q", struct.pack("<d", amount))[0]
        print(rows, ids, seconds, repr(amounts), bits % 2**64)
        """

    @Test(.enabled(if: SchemaFileTests.hasPython, "needs a python3"))
    func everyRowIsReadAsPythonReadsIt() throws {
        let result = SchemaFileTests.run(
            "/usr/bin/env", ["python3", "-c", Self.program, try #require(handbookPath)], "")
        let words = result.output.split(whereSeparator: \.isWhitespace).map(String.init)
        try #require(result.code == 0 && words.count == 5, "\(result.output)")
        let totals = try totals()
        #expect(totals.rows == 1_303_778)
        #expect(
            words == [
                "\(totals.rows)", "\(totals.ids)", "\(totals.seconds)", "\(totals.amounts)",
                "\(totals.bits)",
            ])
    }

    /// A label message is an event with a value; the numbers are those of the data's description.
    @Test func labelsAreEventsToo() throws {
        let schema = EventSchema(
            fields: [
                FieldSchema(name: "id", path: ["transaction_id"], type: .int64),
                FieldSchema(name: "fraud", path: ["fraud"], type: .bool),
            ], id: 0, time: nil, required: [1])
        let path = try #require(SharedData.path("handbook/labels.csv.gz"))
        var reader = try RecordReader(path: path, form: .csv)
        let hasHeader = try reader.advance()
        try #require(hasHeader)
        let decoder = try EventDecoder(csv: schema, header: reader.record)
        var row = EventRow(slots: 2)
        var rows = 0
        var frauds = 0.0
        while try reader.advance() {
            try decoder.decode(reader.record, line: reader.line, into: &row)
            rows += 1
            frauds += row.numbers[1]
        }
        #expect(rows == 1_303_778 && frauds == 10_659)
    }
}
