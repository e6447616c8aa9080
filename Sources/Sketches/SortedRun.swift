/// Sorting and merging of numbers without branches on their order, which cannot be predicted.
enum SortedRun {
    private static let blockLength = 64
    private static let runLength = 8

    /// Sorts a few hundred numbers: blocks of 64 as eight sorted columns by a network, then merges.
    /// What a last block lacks is filled with infinity, which sorts to the end.
    static func sort(_ values: inout [Double]) {
        let count = values.count
        guard count > 1 else { return }
        let padded = (count + blockLength - 1) / blockLength * blockLength
        unsafe withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * padded) { storage in
            unsafe storage.initialize(repeating: .infinity)
            let (front, back) = unsafe (storage[..<padded], storage[padded...])
            var first = unsafe MutableSpan(
                _unsafeElements: UnsafeMutableBufferPointer(rebasing: front))
            var second = unsafe MutableSpan(
                _unsafeElements: UnsafeMutableBufferPointer(rebasing: back))
            for index in 0..<count { first[index] = values[index] }
            for start in stride(from: 0, to: padded, by: blockLength) {
                sortColumns(&first, from: start)
            }
            var (width, isSwapped) = (runLength, false)
            while width < padded {
                if isSwapped {
                    mergeRuns(of: width, second, into: &first)
                } else {
                    mergeRuns(of: width, first, into: &second)
                }
                isSwapped.toggle()
                width *= 2
            }
            for index in 0..<count { values[index] = isSwapped ? second[index] : first[index] }
        }
    }

    private static func mergeRuns(
        of width: Int, _ values: borrowing MutableSpan<Double>,
        into merged: inout MutableSpan<Double>
    ) {
        var start = 0
        while start < values.count {
            let middle = min(values.count, start + width)
            let end = min(values.count, middle + width)
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
