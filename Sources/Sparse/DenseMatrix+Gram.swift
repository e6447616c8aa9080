internal import CProducts

/// Weighted inner products of columns, in blocks of rows that stay in the cache.
extension DenseMatrix {
    /// Rows of a block: 128 × 500 columns are 0.5 MB.
    private static let blockRows = 128

    /// `Σ_row weights · self[row, columns[i]] · self[row, columns[k]]` for `first ≤ i`, `k ≤ i`,
    /// into `result[i * stride + k]` and `result[k * stride + i]`.
    ///
    /// About 0.1 ns a product of two numbers.
    /// - Precondition: weights are not negative.
    public func gram(
        columns: [Int], from first: Int, weights: [Double], stride: Int, into result: inout [Double]
    ) {
        precondition(stride >= columns.count && result.count >= stride * columns.count)
        precondition(weights.count == rowCount)
        for i in first..<columns.count {
            for k in 0...i { result[i * stride + k] = 0 }
        }
        if first == 0 || columns.count - first > Self.fewColumns {
            addPacked(columns, first, weights, stride, &result)
        } else {
            addFew(columns, first, weights, stride, &result)
        }
        for i in first..<columns.count {
            for k in 0..<i { result[k * stride + i] = result[i * stride + k] }
        }
    }

    /// So few new columns are multiplied with the others where those stand.
    private static let fewColumns = 16

    private func addFew(
        _ columns: [Int], _ first: Int, _ weights: [Double], _ stride: Int,
        _ result: inout [Double]
    ) {
        var weighted = [Double](repeating: 0, count: 4 * Self.blockRows)
        var start = 0
        while start < rowCount {
            let rows = start..<min(rowCount, start + Self.blockRows)
            var i = first
            while i < columns.count {
                let newcomers = i..<min(i + 4, columns.count)
                for (slot, k) in newcomers.enumerated() {
                    for row in rows {
                        weighted[slot * Self.blockRows + row - start] =
                            weights[row] * self[row, columns[k]]
                    }
                }
                addFour(weighted, newcomers, columns, rows, stride, &result)
                i = newcomers.upperBound
            }
            start = rows.upperBound
        }
    }

    /// Products of up to four newcomers with the columns up to theirs, over the rows.
    private func addFour(
        _ weighted: [Double], _ newcomers: Range<Int>, _ columns: [Int], _ rows: Range<Int>,
        _ width: Int, _ result: inout [Double]
    ) {
        precondition(rows.lowerBound >= 0 && rows.upperBound <= rowCount, "rows \(rows)")
        precondition(
            columns.allSatisfy { $0 >= 0 && $0 < columnCount }, "columns of \(columnCount)")
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
                            result[i * width + k + b] += sums[a * 4 + b]
                        }
                    }
                }
            }
        }
    }

    private func addPacked(
        _ columns: [Int], _ first: Int, _ weights: [Double], _ stride: Int,
        _ result: inout [Double]
    ) {
        let roots = weights.map { $0.squareRoot() }
        var packed = [Double](repeating: 0, count: Self.blockRows * (columns.count + 3))
        var start = 0
        while start < rowCount {
            let count = min(Self.blockRows, rowCount - start)
            if roots[start..<start + count].contains(where: { $0 > 0 }) {
                pack(columns, start, count, roots, &packed)
                Self.accumulate(packed, columns.count, first, stride, &result)
            }
            start += count
        }
    }

    /// Copies a block's columns one after another, each row times its root; short blocks end in
    /// zeros.
    private func pack(
        _ columns: [Int], _ start: Int, _ count: Int, _ roots: [Double], _ packed: inout [Double]
    ) {
        let values = values.span
        let roots = roots.span
        var packed = packed.mutableSpan
        for (slot, column) in columns.enumerated() {
            let from = column * rowCount + start
            let to = slot * Self.blockRows
            for i in 0..<count { packed[to + i] = values[from + i] * roots[start + i] }
            for i in count..<Self.blockRows where count < Self.blockRows { packed[to + i] = 0 }
        }
    }

    private static func accumulate(
        _ packed: [Double], _ count: Int, _ first: Int, _ width: Int, _ result: inout [Double]
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
                            result[(i + a) * width + k + b] += sums[a * 4 + b]
                        }
                    }
                }
            }
        }
    }
}
