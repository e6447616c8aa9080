extension CompressedMatrix {
    /// `Σ_row self[row, column] · vector[row]`.
    public func dot(column: Int, _ vector: [Double]) -> Double {
        let rows = rows.span
        let values = values.span
        let vector = vector.span
        var sum = 0.0
        for k in starts[column]..<starts[column + 1] { sum += values[k] * vector[Int(rows[k])] }
        return sum
    }

    /// `target[row] += coefficient · self[row, column]`.
    public func add(column: Int, times coefficient: Double, to target: inout [Double]) {
        let rows = rows.span
        let values = values.span
        var target = target.mutableSpan
        for k in starts[column]..<starts[column + 1] {
            target[Int(rows[k])] += coefficient * values[k]
        }
    }

    /// `target[row - first] += coefficient · self[row, column]` over the rows, from their first on.
    public func add(
        column: Int, times coefficient: Double, rows range: Range<Int>, to target: inout [Double]
    ) {
        let stored = self.column(column)
        var place = stored.rows.partitioningIndex { $0 >= range.lowerBound }
        while place < stored.rows.endIndex, stored.rows[place] < range.upperBound {
            target[Int(stored.rows[place]) - range.lowerBound] += coefficient * values[place]
            place += 1
        }
    }

    /// `target[row] += coefficient · weights[row] · self[row, column]`.
    public func add(
        column: Int, times coefficient: Double, weights: [Double], to target: inout [Double]
    ) {
        let rows = rows.span
        let values = values.span
        let weights = weights.span
        var target = target.mutableSpan
        for k in starts[column]..<starts[column + 1] {
            let row = Int(rows[k])
            target[row] += coefficient * weights[row] * values[k]
        }
    }

    /// `Σ weights · x` and `Σ weights · x²` over a column.
    public func moments(column: Int, weights: [Double]) -> (sum: Double, squares: Double) {
        let rows = rows.span
        let values = values.span
        let weights = weights.span
        var (sum, squares) = (0.0, 0.0)
        for k in starts[column]..<starts[column + 1] {
            let part = weights[Int(rows[k])] * values[k]
            sum += part
            squares += part * values[k]
        }
        return (sum, squares)
    }
}

extension ArraySlice<UInt32> {
    /// The first place from which on the predicate holds, the elements being sorted by it.
    fileprivate func partitioningIndex(_ holds: (UInt32) -> Bool) -> Int {
        var (low, high) = (startIndex, endIndex)
        while low < high {
            let middle = (low + high) / 2
            if holds(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
