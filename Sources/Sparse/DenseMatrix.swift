/// Numbers in columns, each contiguous: `values[column * rowCount + row]`.
///
/// Memory: 8 bytes a number.
public struct DenseMatrix: Sendable {
    public let rowCount: Int
    public let columnCount: Int
    var values: [Double]

    /// - Parameter values: column after column.
    /// - Precondition: as many values as rows × columns.
    public init(rowCount: Int, columnCount: Int, values: consuming [Double]) {
        precondition(
            values.count == rowCount * columnCount,
            "\(values.count) values; expected \(rowCount) × \(columnCount)")
        self.rowCount = rowCount
        self.columnCount = columnCount
        self.values = values
    }

    /// Zeros.
    public init(rowCount: Int, columnCount: Int) {
        self.init(
            rowCount: rowCount, columnCount: columnCount,
            values: Array(repeating: 0, count: rowCount * columnCount))
    }

    public subscript(row: Int, column: Int) -> Double {
        get { values[column * rowCount + row] }
        set { values[column * rowCount + row] = newValue }
    }

    /// A column's numbers, lent.
    public func column(_ column: Int) -> ArraySlice<Double> {
        values[column * rowCount..<(column + 1) * rowCount]
    }

    /// The rows of these numbers, in this order.
    public func selecting(rows: [Int]) -> DenseMatrix {
        var selected: [Double] = []
        selected.reserveCapacity(rows.count * columnCount)
        for column in 0..<columnCount {
            let start = column * rowCount
            for row in rows { selected.append(values[start + row]) }
        }
        return DenseMatrix(rowCount: rows.count, columnCount: columnCount, values: selected)
    }
}
