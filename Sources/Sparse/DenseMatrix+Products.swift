internal import CProducts

/// The loops over dense columns, four of which share each load of the vector. Bounds are checked
/// once, before them.
extension DenseMatrix {
    /// `target[row - first] += Σ_k coefficients[k] · self[row, columns[k]]` over the rows.
    ///
    /// About 0.15 ns a number while it stays in the cache.
    public func addProduct(
        columns: [Int], coefficients: [Double], rows: Range<Int>,
        to target: inout MutableSpan<Double>, from first: Int = 0
    ) {
        precondition(columns.count == coefficients.count && first <= rows.lowerBound)
        precondition(rows.upperBound - first <= target.count, "rows \(rows) from \(first)")
        check(columns, rows)
        guard !rows.isEmpty else { return }
        unsafe values.withUnsafeBufferPointer { values in
            unsafe target.withUnsafeMutableBufferPointer { target in
                let goal = unsafe target.baseAddress! + (rows.lowerBound - first)
                let first = unsafe values.baseAddress! + rows.lowerBound
                var k = 0
                while k + 4 <= columns.count {
                    let four = unsafe four(columns, k, first)
                    unsafe coefficients.withUnsafeBufferPointer {
                        unsafe products_add_four(
                            four.0, four.1, four.2, four.3, $0.baseAddress! + k, rows.count, goal)
                    }
                    k += 4
                }
                while k < columns.count {
                    let column = unsafe first + columns[k] * rowCount
                    for i in 0..<rows.count { unsafe goal[i] += coefficients[k] * column[i] }
                    k += 1
                }
            }
        }
    }

    /// `result[k] += Σ_row self[row, columns[k]] · vector[i]` over the rows, i counting them.
    public func addTransposedProduct(
        columns: [Int], vector: Span<Double>, rows: Range<Int>, to result: inout [Double]
    ) {
        precondition(columns.count <= result.count && rows.count == vector.count)
        check(columns, rows)
        guard !rows.isEmpty else { return }
        unsafe values.withUnsafeBufferPointer { values in
            unsafe vector.withUnsafeBufferPointer { vector in
                var sums = SIMD4<Double>.zero
                let factor = vector.baseAddress!
                let first = unsafe values.baseAddress! + rows.lowerBound
                var k = 0
                while k < columns.count {
                    let four = unsafe four(columns, k, first)
                    sums = .zero
                    unsafe withUnsafeMutableBytes(of: &sums) {
                        unsafe products_dot_four(
                            four.0, four.1, four.2, four.3, factor, rows.count,
                            $0.baseAddress!.assumingMemoryBound(to: Double.self))
                    }
                    for lane in 0..<min(4, columns.count - k) { result[k + lane] += sums[lane] }
                    k += 4
                }
            }
        }
    }

    /// Four columns from the k-th on; behind the last, the last again.
    func four(
        _ columns: [Int], _ k: Int, _ first: UnsafePointer<Double>
    ) -> Four {
        let last = columns.count - 1
        return unsafe (
            first + columns[k] * rowCount, first + columns[min(k + 1, last)] * rowCount,
            first + columns[min(k + 2, last)] * rowCount,
            first + columns[min(k + 3, last)] * rowCount
        )
    }

    private func check(_ columns: [Int], _ rows: Range<Int>) {
        precondition(rows.lowerBound >= 0 && rows.upperBound <= rowCount, "rows \(rows)")
        precondition(
            columns.allSatisfy { $0 >= 0 && $0 < columnCount }, "columns of \(columnCount)")
    }

    typealias Four = (
        UnsafePointer<Double>, UnsafePointer<Double>, UnsafePointer<Double>, UnsafePointer<Double>
    )
}
