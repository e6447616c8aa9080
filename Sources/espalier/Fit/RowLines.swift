/// The line of its file on which each row of a table begins.
///
/// Memory: 16 bytes for each row that is not on the line after the one before.
struct RowLines {
    private var jumps: [(row: Int, line: Int)] = []
    private var count = 0

    /// Notes the next row.
    mutating func append(_ line: Int) {
        if self[count] != line { jumps.append((count, line)) }
        count += 1
    }

    /// The line of a row, counted from 1. O(log n).
    subscript(row: Int) -> Int {
        var (low, high) = (0, jumps.count)
        while low < high {
            let middle = (low + high) / 2
            if jumps[middle].row <= row { low = middle + 1 } else { high = middle }
        }
        guard low > 0 else { return row + 1 }
        return jumps[low - 1].line + row - jumps[low - 1].row
    }
}
