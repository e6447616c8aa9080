internal import CSorting

/// Sorting without branches on the order of numbers, which cannot be predicted.
enum SortedRun {
    /// Sorts numbers of which none is NaN: up to 512 by a network, which allocates nothing; more of
    /// them in runs of 512 that are merged.
    static func sort(_ values: inout [Double]) {
        unsafe values.withUnsafeMutableBufferPointer { values in
            for start in stride(from: 0, to: values.count, by: runLength) {
                let count = min(runLength, values.count - start)
                unsafe csorting_sort(values.baseAddress.map { unsafe $0 + start }, count)
            }
        }
        if values.count > runLength { mergeRuns(&values) }
    }

    private static let runLength = Int(CSORTING_COUNT_MAX)

    private static func mergeRuns(_ values: inout [Double]) {
        var merged = values
        var width = runLength
        while width < values.count {
            var target = merged.mutableSpan
            merge(runsOf: width, values.span, into: &target)
            swap(&values, &merged)
            width *= 2
        }
    }

    private static func merge(
        runsOf width: Int, _ values: Span<Double>, into merged: inout MutableSpan<Double>
    ) {
        for start in stride(from: 0, to: values.count, by: 2 * width) {
            let middle = min(values.count, start + width)
            let end = min(values.count, middle + width)
            var (left, right) = (start, middle)
            for place in start..<end {
                let isRight = left == middle || (right < end && values[right] < values[left])
                merged[place] = values[isRight ? right : left]
                right &+= isRight ? 1 : 0
                left &+= isRight ? 0 : 1
            }
        }
    }
}
