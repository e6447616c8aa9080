internal import Sparse

/// Rows divided into spans, which threads take in turn. A sum over rows is that of the spans' sums
/// in their order, so it does not tell how many threads there were.
struct RowSpans: Sendable {
    let ranges: [Range<Int>]
    private let threadsMax: Int

    /// Fewer rows are not worth a thread's while.
    private static let rowsMin = 4_096
    private static let spansMax = 64

    init(_ rows: Range<Int>, threadsMax: Int) {
        let length = max(Self.rowsMin, (rows.count + Self.spansMax - 1) / Self.spansMax)
        ranges = stride(from: rows.lowerBound, to: rows.upperBound, by: length).map {
            $0..<min(rows.upperBound, $0 + length)
        }
        self.threadsMax = threadsMax
    }

    private init(ranges: [Range<Int>], threadsMax: Int) {
        self.ranges = ranges
        self.threadsMax = threadsMax
    }

    /// Neighbours put together, until there are no more than `count`.
    func joined(to count: Int) -> RowSpans {
        let size = (ranges.count + count - 1) / max(1, count)
        guard size > 1 else { return self }
        let joined = stride(from: 0, to: ranges.count, by: size).map {
            ranges[$0].lowerBound..<ranges[min(ranges.count, $0 + size) - 1].upperBound
        }
        return RowSpans(ranges: joined, threadsMax: threadsMax)
    }

    /// What `body` gives for each span, in their order.
    func map<Part: Sendable>(_ body: @Sendable (_ rows: Range<Int>) -> Part) -> [Part] {
        concurrently(ranges.count, threadsMax: threadsMax) { body(ranges[$0]) }
    }

    /// Sums over all rows, of what `body` gives for each span.
    func sums(
        _ count: Int, _ body: @Sendable (_ rows: Range<Int>, _ sums: inout [Double]) -> Void
    ) -> [Double] {
        var total = [Double](repeating: 0, count: count)
        let parts = map { rows in
            var sums = [Double](repeating: 0, count: count)
            body(rows, &sums)
            return sums
        }
        for part in parts {
            for place in total.indices { total[place] += part[place] }
        }
        return total
    }
}
