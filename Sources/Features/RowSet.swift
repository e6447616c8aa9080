internal import Bytes

/// Rows of a table, a bit each. Memory is touched where there are rows.
struct RowSet: ~Copyable {
    /// The bits of row `64 n` and those behind it, lowest first.
    private var words: MappedArray<UInt64>

    /// - Parameter rowsMax: above every row.
    init(rowsMax: Int) { words = MappedArray(capacity: rowsMax / 64 + 1) }

    @inline(__always)
    mutating func insert(_ row: UInt32) { words[Int(row >> 6)] |= 1 << UInt64(row & 63) }

    func contains(_ row: UInt32) -> Bool { words[Int(row >> 6)] & 1 << UInt64(row & 63) != 0 }

    /// The bits of 64 rows.
    func word(_ number: Int) -> UInt64 { words[number] }

    /// O(rows / 64).
    func count(below rows: Int) -> Int {
        (0...rows / 64).reduce(0) { $0 + words[$1].nonzeroBitCount }
    }

    /// Adds the rows of another set. O(rows / 64).
    mutating func formUnion(_ other: borrowing RowSet, below rows: Int) {
        for number in 0...rows / 64 { words[number] |= other.words[number] }
    }

    /// Forgets all rows, of which none is above `rows`. O(rows / 64).
    mutating func removeAll(below rows: Int) {
        for number in 0...rows / 64 { words[number] = 0 }
    }
}
