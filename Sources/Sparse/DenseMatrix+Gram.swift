internal import CProducts

/// Weighted inner products of columns, in blocks of rows that stay in the cache.
extension DenseMatrix {
    /// Rows of a block: 128 × 500 columns are 0.5 MB.
    private static let blockRows = 128

    /// `Σ_row weights · self[row, columns[i]] · self[row, columns[k]]` over the rows, for
    /// `first ≤ i` and `k ≤ i`: row after row of i, each of as many places as there are columns.
    ///
    /// About 0.1 ns a product of two numbers.
    /// - Precondition: weights, which are of all rows, are not negative.
    public func gram(
        columns: [Int], from first: Int, weights: [Double], rows: Range<Int>
    ) -> [Double] {
        precondition(weights.count == rowCount)
        precondition(rows.lowerBound >= 0 && rows.upperBound <= rowCount, "rows \(rows)")
        precondition(
            columns.allSatisfy { $0 >= 0 && $0 < columnCount }, "columns of \(columnCount)")
        var result = [Double](repeating: 0, count: (columns.count - first) * columns.count)
        if first == 0 || columns.count - first > Self.fewColumns {
            addPacked(columns, first, weights, rows, &result)
        } else {
            addFew(columns, first, weights, rows, &result)
        }
        return result
    }

    /// So few new columns are multiplied with the others where those stand.
    private static let fewColumns = 16

    private func addFew(
        _ columns: [Int], _ first: Int, _ weights: [Double], _ all: Range<Int>,
        _ result: inout [Double]
    ) {
        var weighted = [Double](repeating: 0, count: 4 * Self.blockRows)
        var start = all.lowerBound
        while start < all.upperBound {
            let rows = start..<min(all.upperBound, start + Self.blockRows)
            var i = first
            while i < columns.count {
                let newcomers = i..<min(i + 4, columns.count)
                for (slot, k) in newcomers.enumerated() {
                    for row in rows {
                        weighted[slot * Self.blockRows + row - start] =
                            weights[row] * self[row, columns[k]]
                    }
                }
                addFour(weighted, newcomers, columns, rows, first, &result)
                i = newcomers.upperBound
            }
            start = rows.upperBound
        }
    }

    /// Products of up to four newcomers with the columns up to theirs, over the rows.
    private func addFour(
        _ weighted: [Double], _ newcomers: Range<Int>, _ columns: [Int], _ rows: Range<Int>,
        _ firstColumn: Int, _ result: inout [Double]
    ) {
        var sums = [Double](repeating: 0, count: 16)
        unsafe values.withUnsafeBufferPointer { values in
            unsafe weighted.withUnsafeBufferPointer { weighted in
                let first = unsafe values.baseAddress! + rows.lowerBound
                for k in Swift.stride(from: 0, to: newcomers.upperBound, by: 4) {
                    let right = unsafe four(columns, k, first)
                    unsafe products_gram_four(
                        weighted.baseAddress!, Self.blockRows, right.0, right.1, right.2, right.3,
                        rows.count, &sums)
                    for (a, i) in newcomers.enumerated() {
                        for b in 0..<4 where k + b <= i {
                            result[(i - firstColumn) * columns.count + k + b] += sums[a * 4 + b]
                        }
                    }
                }
            }
        }
    }

    private func addPacked(
        _ columns: [Int], _ first: Int, _ weights: [Double], _ rows: Range<Int>,
        _ result: inout [Double]
    ) {
        var packed = [Double](repeating: 0, count: Self.blockRows * (columns.count + 3))
        for start in stride(from: rows.lowerBound, to: rows.upperBound, by: Self.blockRows) {
            let block = start..<min(rows.upperBound, start + Self.blockRows)
            guard weights[block].contains(where: { $0 > 0 }) else { continue }
            pack(columns, block, weights, &packed)
            Self.accumulate(packed, columns.count, first, &result)
        }
    }

    /// Copies a block's columns one after another, each row times the root of its weight; short
    /// blocks end in zeros.
    private func pack(
        _ columns: [Int], _ rows: Range<Int>, _ weights: [Double], _ packed: inout [Double]
    ) {
        var roots = [Double](repeating: 0, count: rows.count)
        unsafe packed.withUnsafeMutableBufferPointer { packed in
            unsafe weights.withUnsafeBufferPointer { weights in
                unsafe products_root(weights.baseAddress! + rows.lowerBound, rows.count, &roots)
            }
            unsafe values.withUnsafeBufferPointer { values in
                for (slot, column) in columns.enumerated() {
                    let goal = unsafe packed.baseAddress! + slot * Self.blockRows
                    let from = unsafe values.baseAddress! + column * rowCount + rows.lowerBound
                    unsafe products_scale(from, roots, rows.count, goal)
                    for i in rows.count..<Self.blockRows { unsafe goal[i] = 0 }
                }
            }
        }
    }

    private static func accumulate(
        _ packed: [Double], _ count: Int, _ first: Int, _ result: inout [Double]
    ) {
        // Fours begin below `count`, so the last one ends within three columns behind it.
        precondition(packed.count >= blockRows * (count + 3), "\(packed.count) packed")
        unsafe packed.withUnsafeBufferPointer { packed in
            let base = packed.baseAddress!
            var sums = [Double](repeating: 0, count: 16)
            for i in stride(from: first, to: count, by: 4) {
                for k in stride(from: 0, to: min(i + 4, count), by: 4) {
                    let right = unsafe base + k * blockRows
                    unsafe products_gram_four(
                        base + i * blockRows, blockRows, right, right + blockRows,
                        right + 2 * blockRows, right + 3 * blockRows, blockRows, &sums)
                    for a in 0..<min(4, count - i) {
                        for b in 0..<4 where k + b <= i + a {
                            result[(i + a - first) * count + k + b] += sums[a * 4 + b]
                        }
                    }
                }
            }
        }
    }
}
