/// Rows of numbers on their way into a matrix, gathered in blocks so that growing copies nothing.
///
/// Memory: 8 bytes a number, and one block more while the matrix is made.
public struct DenseRows {
    private let columnCount: Int
    private let blockCount: Int
    private var full: [[Double]] = []
    private var block: [Double] = []

    /// So large that the allocator gives a block back to the system as soon as it is let go.
    private static let blockNumbersMin = (32 << 20) / 8
    /// So many numbers of a column fill a page, which two blocks would else have to share.
    private static let rowsMin = 512

    public init(columnCount: Int) {
        self.columnCount = columnCount
        let rows = Self.blockNumbersMin / max(1, columnCount) + 1
        blockCount = max(rows, Self.rowsMin) * columnCount
    }

    /// Appends the next number of the last row, or the first of a new one.
    public mutating func append(_ value: Double) {
        if block.count == blockCount || block.isEmpty { beginBlock() }
        block.append(value)
    }

    private mutating func beginBlock() {
        if !block.isEmpty { full.append(block) }
        block = []
        block.reserveCapacity(blockCount)
    }

    /// Makes the matrix, and lets go of each block once its numbers stand there.
    ///
    /// - Precondition: as many numbers as rows × columns.
    public mutating func takeMatrix(rowCount: Int) -> DenseMatrix {
        var blocks: [[Double]] = []
        if !block.isEmpty { full.append(block) }
        block = []
        swap(&blocks, &full)
        let count = blocks.reduce(0) { $0 + $1.count }
        precondition(
            count == rowCount * columnCount,
            "\(count) numbers; expected \(rowCount) × \(columnCount)")
        let columnCount = columnCount
        let values = unsafe [Double](unsafeUninitializedCapacity: count) { values, initialized in
            unsafe DenseMatrix.avoidLargePages(UnsafeMutableRawBufferPointer(values))
            var first = 0
            for place in blocks.indices {
                unsafe Self.transpose(blocks[place], columnCount, into: values, first, rowCount)
                first += blocks[place].count / max(1, columnCount)
                blocks[place] = []
            }
            initialized = count
        }
        return DenseMatrix(rowCount: rowCount, columnCount: columnCount, values: values)
    }

    /// Numbers of a row that share a line of the cache.
    private static let tileColumns = 8

    private static func transpose(
        _ block: [Double], _ columnCount: Int, into values: UnsafeMutableBufferPointer<Double>,
        _ firstRow: Int, _ rowCount: Int
    ) {
        guard columnCount > 0 else { return }
        let block = block.span
        for first in stride(from: 0, to: columnCount, by: tileColumns) {
            let columns = first..<min(columnCount, first + tileColumns)
            for row in 0..<block.count / columnCount {
                for column in columns {
                    unsafe values[column * rowCount + firstRow + row] =
                        block[row * columnCount + column]
                }
            }
        }
    }
}
