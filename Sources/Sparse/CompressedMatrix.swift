/// Numbers in columns of which most are zero (compressed sparse columns, CSC): column *j* has the
/// entries `starts[j] ..< starts[j + 1]`, rows ascending.
///
/// Memory: 12 bytes an entry and 8 a column.
public struct CompressedMatrix: Sendable {
    public let rowCount: Int
    var starts: [Int] = [0]
    var rows: [UInt32] = []
    var values: [Double] = []

    /// Without columns.
    public init(rowCount: Int) {
        precondition((0...Int(UInt32.max)).contains(rowCount), "\(rowCount) rows")
        self.rowCount = rowCount
    }

    public var columnCount: Int { starts.count - 1 }
    public var entryCount: Int { values.count }

    /// Adds a column behind the others.
    ///
    /// - Precondition: rows ascend and are below `rowCount`.
    public mutating func appendColumn(_ entries: [(row: Int, value: Double)]) {
        var last = -1
        for (row, value) in entries {
            precondition(row > last && row < rowCount, "row \(row) after \(last) of \(rowCount)")
            last = row
            rows.append(UInt32(row))
            values.append(value)
        }
        starts.append(values.count)
    }

    /// From vectors by row, an index being a column; entries of a row may be in any order. Linear
    /// in the entries; holds the matrix once beside the argument.
    ///
    /// - Precondition: indices are below `columnCount` and distinct within a row.
    public init(rows vectors: [SparseVector], columnCount: Int) {
        var assembly = CompressedAssembly(columnCount: columnCount)
        for vector in vectors { assembly.count(vector) }
        assembly.place()
        for (row, vector) in vectors.enumerated() { assembly.add(vector, row: row) }
        self = assembly.finish(rowCount: vectors.count)
    }

    init(rowCount: Int, starts: [Int], rows: [UInt32], values: [Double]) {
        self.rowCount = rowCount
        self.starts = starts
        self.rows = rows
        self.values = values
    }

    /// Entries of a column, lent: rows and values.
    public func column(_ column: Int) -> (rows: ArraySlice<UInt32>, values: ArraySlice<Double>) {
        let range = starts[column]..<starts[column + 1]
        return (rows[range], values[range])
    }

    /// The rows of these numbers, in this order.
    public func selecting(rows selected: [Int]) -> CompressedMatrix {
        var places = [[UInt32]](repeating: [], count: rowCount)
        for (place, row) in selected.enumerated() { places[row].append(UInt32(place)) }
        var result = CompressedMatrix(rowCount: selected.count)
        for column in 0..<columnCount {
            var entries: [(row: Int, value: Double)] = []
            for place in starts[column]..<starts[column + 1] {
                for target in places[Int(rows[place])] {
                    entries.append((Int(target), values[place]))
                }
            }
            entries.sort { $0.row < $1.row }
            result.appendColumn(entries)
        }
        return result
    }
}

/// Two passes over rows: entries per column are counted, then each goes to its place.
struct CompressedAssembly {
    private var starts: [Int]
    private var next: [Int] = []
    private var rows: [UInt32] = []
    private var values: [Double] = []

    init(columnCount: Int) { starts = Array(repeating: 0, count: columnCount + 1) }

    mutating func count(_ vector: borrowing SparseVector) {
        for index in vector.indices { starts[Int(index) + 1] += 1 }
    }

    mutating func place() {
        for column in 1..<max(1, starts.count) { starts[column] += starts[column - 1] }
        next = starts
        rows = Array(repeating: 0, count: starts[starts.count - 1])
        values = Array(repeating: 0, count: rows.count)
    }

    mutating func add(_ vector: borrowing SparseVector, row: Int) {
        for k in 0..<vector.count {
            let column = Int(vector.indices[k])
            let place = next[column]
            precondition(
                place == starts[column] || rows[place - 1] < UInt32(row), "index \(column) twice")
            rows[place] = UInt32(row)
            values[place] = vector.values[k]
            next[column] += 1
        }
    }

    consuming func finish(rowCount: Int) -> CompressedMatrix {
        CompressedMatrix(rowCount: rowCount, starts: starts, rows: rows, values: values)
    }
}
