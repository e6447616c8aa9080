/// Sorting and merging of numbers without branches on their order, which cannot be predicted.
enum SortedRun {
    private static let blockLength = 64
    private static let runLength = 8

    /// Sorts a few hundred numbers: blocks of 64 as eight sorted columns by a network, then merges.
    /// What a last block lacks is filled with infinity, which sorts to the end. Up to 256 numbers
    /// it allocates nothing.
    static func sort(_ values: inout [Double]) {
        if values.count <= 64 {
            var first = InlineArray<64, Double>(repeating: .infinity)
            var second = InlineArray<64, Double>(repeating: .infinity)
            var front = first.mutableSpan
            var back = second.mutableSpan
            sort(&values, &front, &back)
        } else if values.count <= 256 {
            var first = InlineArray<256, Double>(repeating: .infinity)
            var second = InlineArray<256, Double>(repeating: .infinity)
            var front = first.mutableSpan
            var back = second.mutableSpan
            sort(&values, &front, &back)
        } else {
            let padded = (values.count + blockLength - 1) / blockLength * blockLength
            var first = Array(repeating: Double.infinity, count: padded)
            var second = first
            var front = first.mutableSpan
            var back = second.mutableSpan
            sort(&values, &front, &back)
        }
    }

    /// Sorts by way of two buffers full of infinity.
    private static func sort(
        _ values: inout [Double], _ first: inout MutableSpan<Double>,
        _ second: inout MutableSpan<Double>
    ) {
        let count = values.count
        for index in 0..<count { first[index] = values[index] }
        let padded = (count + blockLength - 1) / blockLength * blockLength
        for start in stride(from: 0, to: padded, by: blockLength) {
            sortColumns(&first, from: start)
        }
        var (width, isSwapped) = (runLength, false)
        while width < padded {
            if isSwapped {
                mergeRuns(of: width, padded, second, into: &first)
            } else {
                mergeRuns(of: width, padded, first, into: &second)
            }
            isSwapped.toggle()
            width *= 2
        }
        for index in 0..<count { values[index] = isSwapped ? second[index] : first[index] }
    }

    private static func mergeRuns(
        of width: Int, _ count: Int, _ values: borrowing MutableSpan<Double>,
        into merged: inout MutableSpan<Double>
    ) {
        var start = 0
        while start < count {
            let middle = min(count, start + width)
            let end = min(count, middle + width)
            var (left, right, place) = (start, middle, start)
            while left < middle, right < end {
                let (a, b) = (values[left], values[right])
                let isRight = b < a
                merged[place] = isRight ? b : a
                right &+= isRight ? 1 : 0
                left &+= isRight ? 0 : 1
                place &+= 1
            }
            while left < middle {
                merged[place] = values[left]
                (left, place) = (left &+ 1, place &+ 1)
            }
            while right < end {
                merged[place] = values[right]
                (right, place) = (right &+ 1, place &+ 1)
            }
            start = end
        }
    }

    /// Merges every other number of an ascending run, from the given place on, into another run.
    static func merge(
        everyOtherOf run: Span<Double>, from first: Int, into target: inout [Double]
    ) {
        merge(run, from: first, by: 2, into: &target)
    }

    /// Merges one ascending run into another, in place, from the end.
    static func merge(_ run: Span<Double>, into target: inout [Double]) {
        merge(run, from: 0, by: 1, into: &target)
    }

    private static func merge(
        _ run: Span<Double>, from first: Int, by step: Int, into target: inout [Double]
    ) {
        let added = run.count > first ? (run.count - first + step - 1) / step : 0
        guard added > 0 else { return }
        var left = target.count - 1
        var right = first + (added - 1) * step
        for index in 0..<added { target.append(run[first + index * step]) }
        var target = target.mutableSpan
        var place = target.count - 1
        while right >= first, left >= 0 {
            let (a, b) = (target[left], run[right])
            let isLeft = a > b
            target[place] = isLeft ? a : b
            left &-= isLeft ? 1 : 0
            right &-= isLeft ? 0 : step
            place &-= 1
        }
        while right >= first {
            target[place] = run[right]
            right -= step
            place -= 1
        }
    }
}
