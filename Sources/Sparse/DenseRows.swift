/// Rows of numbers on their way into a matrix, gathered in blocks so that growing copies nothing.
///
/// Memory: 8 bytes a number, and one block more while the matrix is made.
public struct DenseRows: Sendable {
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
        takeMatrix(rowCount: rowCount, places: (0..<rowCount).map { $0 })
    }

    /// Makes a matrix of some of the rows, in another order; near to that in which they came, it
    /// comes to be held as they are let go.
    ///
    /// - Parameters:
    ///   - rowCount: of the matrix.
    ///   - places: of each row in it; nil for one that is left out.
    /// - Precondition: each place of the matrix is that of one row.
    public mutating func takeMatrix(rowCount: Int, places: [Int?]) -> DenseMatrix {
        var blocks: [[Double]] = []
        if !block.isEmpty { full.append(block) }
        block = []
        swap(&blocks, &full)
        let count = blocks.reduce(0) { $0 + $1.count }
        precondition(
            count == places.count * columnCount,
            "\(count) numbers; expected \(places.count) × \(columnCount)")
        precondition(places.count { $0 != nil } == rowCount, "rows without a place")
        let columnCount = columnCount
        let size = rowCount * columnCount
        let values = unsafe [Double](unsafeUninitializedCapacity: size) { values, initialized in
            unsafe DenseMatrix.avoidLargePages(UnsafeMutableRawBufferPointer(values))
            var first = 0
            for place in blocks.indices {
                let rows = first..<first + blocks[place].count / max(1, columnCount)
                unsafe Self.transpose(
                    blocks[place], columnCount, into: values, places[rows], rowCount)
                first = rows.upperBound
                blocks[place] = []
            }
            initialized = size
        }
        return DenseMatrix(rowCount: rowCount, columnCount: columnCount, values: values)
    }

    /// Numbers of a row that share a line of the cache.
    private static let tileColumns = 8

    private static func transpose(
        _ block: [Double], _ columnCount: Int, into values: UnsafeMutableBufferPointer<Double>,
        _ places: ArraySlice<Int?>, _ rowCount: Int
    ) {
        guard columnCount > 0 else { return }
        let block = block.span
        for first in stride(from: 0, to: columnCount, by: tileColumns) {
            let columns = first..<min(columnCount, first + tileColumns)
            for (row, place) in places.enumerated() {
                guard let place else { continue }
                precondition(place >= 0 && place < rowCount, "place \(place) of \(rowCount)")
                for column in columns {
                    unsafe values[column * rowCount + place] = block[row * columnCount + column]
                }
            }
        }
    }
}
