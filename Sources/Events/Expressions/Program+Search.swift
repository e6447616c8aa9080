internal import Bytes

/// Binary searches in the sorted stretches of constants: O(log n).
extension Expression.Program {
    @inline(never)
    func isNumber(_ value: Double, in stretch: Range<Int>) -> Double {
        guard !value.isNaN else { return .nan }
        let place = firstPlace(in: stretch) { numbers[$0] >= value }
        return place < stretch.upperBound && numbers[place] == value ? 1 : 0
    }

    /// How many of the edges are not above the value.
    @inline(never)
    func bucket(of value: Double, edges: Range<Int>) -> Double {
        guard !value.isNaN else { return .nan }
        return Double(firstPlace(in: edges) { numbers[$0] > value } - edges.lowerBound)
    }

    @inline(never)
    func isText(
        _ value: Double, in stretch: Range<Int>, _ row: borrowing EventRow
    ) -> Double {
        guard !value.isNaN else { return .nan }
        let wanted = bytes(of: TextReference(value), row)
        var low = stretch.lowerBound, high = stretch.upperBound
        while low < high {
            let middle = low + (high - low) / 2
            let order = ByteComparison.order(literal(texts[middle]), wanted)
            if order == 0 { return 1 }
            if order < 0 { low = middle + 1 } else { high = middle }
        }
        return 0
    }

    /// The first place of the stretch where the condition holds; it must hold everywhere after.
    @inline(__always)
    private func firstPlace(in stretch: Range<Int>, where holds: (Int) -> Bool) -> Int {
        var low = stretch.lowerBound, high = stretch.upperBound
        while low < high {
            let middle = low + (high - low) / 2
            if holds(middle) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
