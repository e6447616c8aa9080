/// Columns that several threads change at once, each its own.
extension DenseMatrix {
    /// Lends each column to one thread, of so many at most; gives what `body` does, by column.
    public mutating func mapColumns<Value: Sendable>(
        threadsMax: Int,
        _ body: @Sendable (_ column: Int, _ values: inout MutableSpan<Double>) -> Value
    ) -> [Value] {
        let (rowCount, columnCount) = (rowCount, columnCount)
        return unsafe values.withUnsafeMutableBufferPointer { values in
            // Columns do not overlap, so each is one thread's.
            nonisolated(unsafe) let values = unsafe values
            return concurrently(columnCount, threadsMax: threadsMax) { column in
                var own = unsafe values.extracting(column * rowCount..<(column + 1) * rowCount)
                    .mutableSpan
                return body(column, &own)
            }
        }
    }
}

extension CompressedMatrix {
    /// The same of columns that store some of their rows.
    public mutating func mapColumns<Value: Sendable>(
        threadsMax: Int,
        _ body:
            @Sendable (
                _ column: Int, _ rows: Span<UInt32>, _ values: inout MutableSpan<Double>
            ) -> Value
    ) -> [Value] {
        let (starts, rows, columnCount) = (starts, rows, columnCount)
        return unsafe values.withUnsafeMutableBufferPointer { values in
            nonisolated(unsafe) let values = unsafe values
            return concurrently(columnCount, threadsMax: threadsMax) { column in
                let range = starts[column]..<starts[column + 1]
                var own = unsafe values.extracting(range).mutableSpan
                return body(column, rows.span.extracting(range), &own)
            }
        }
    }
}
