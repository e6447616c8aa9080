/// Sorting and merging of numbers without branches on their order, which cannot be predicted.
enum SortedRun {
    /// Sorts a few hundred numbers: blocks of 64 as eight sorted columns by a network, then merges.
    static func sort(_ values: inout [Double]) {
        let count = values.count
        guard count > 1 else { return }
        unsafe withUnsafeTemporaryAllocation(of: Double.self, capacity: count) { storage in
            var scratch = unsafe MutableSpan(_unsafeElements: storage)
            var values = values.mutableSpan
            var start = 0
            while start + 64 <= count {
                sortColumns(&values, from: start)
                start += 64
            }
            sortRuns(&values, from: start)
            var (width, isSwapped) = (runLength, false)
            while width < count {
                if isSwapped {
                    mergeRuns(of: width, scratch, into: &values)
                } else {
                    mergeRuns(of: width, values, into: &scratch)
                }
                isSwapped.toggle()
                width *= 2
            }
            if isSwapped {
                for index in 0..<count { values[index] = scratch[index] }
            }
        }
    }

    private static let runLength = 8

    /// Sorts each eight neighbours by insertion: what does not fill a block of 64.
    private static func sortRuns(_ values: inout MutableSpan<Double>, from first: Int) {
        var start = first
        while start < values.count {
            let end = min(values.count, start + runLength)
            for index in start..<end {
                let value = values[index]
                var place = index
                while place > start, values[place - 1] > value {
                    values[place] = values[place - 1]
                    place -= 1
                }
                values[place] = value
            }
            start = end
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
