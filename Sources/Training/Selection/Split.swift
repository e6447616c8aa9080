/// One split of examples: rows that a fit learns from, and later or other rows that judge it.
public struct Split: Equatable, Sendable {
    public let training: [Int]
    public let test: [Int]

    public init(training: [Int], test: [Int]) {
        self.training = training
        self.test = test
    }
}

extension Split {
    /// As many parts as `count`, each the test of one fold, drawn so that every part has its share
    /// of the positive labels. Rows that belong together in time or by entity are torn apart: a fit
    /// is then judged by what it has nearly seen.
    public static func random(
        labels: [Double], count: Int, using random: inout some RandomNumberGenerator
    ) -> [Split] {
        var part = [Int](repeating: 0, count: labels.count)
        for isPositive in [true, false] {
            let rows = labels.indices.filter { (labels[$0] > 0.5) == isPositive }
                .shuffled(using: &random)
            for (place, row) in rows.enumerated() { part[row] = place % count }
        }
        return folds(parts: part, count: count)
    }

    /// All rows of a group are in one part; groups are drawn.
    public static func grouped(
        _ groups: [UInt64], count: Int, using random: inout some RandomNumberGenerator
    ) -> [Split] {
        var partByGroup: [UInt64: Int] = [:]
        for (place, group) in Set(groups).sorted().shuffled(using: &random).enumerated() {
            partByGroup[group] = place % count
        }
        return folds(parts: groups.map { partByGroup[$0] ?? 0 }, count: count)
    }

    /// Blocks of time, oldest first: each test block is of equally many rows, and its fit learns
    /// from all rows older than the block by more than the gap. Before the first block as many rows
    /// are left as a block has.
    ///
    /// - Parameters:
    ///   - times: of the rows, ascending.
    ///   - gapMillis: at least the delay of labels, so that no fit knows what was not known then.
    public static func blocked(times: [Int64], count: Int, gapMillis: Int64) -> [Split] {
        (0..<count).compactMap { block in
            let first = times.count * (block + 1) / (count + 1)
            let end = times.count * (block + 2) / (count + 1)
            guard first < end else { return nil }
            let (limit, isBeforeAll) = times[first].subtractingReportingOverflow(gapMillis)
            let known = times[..<first].partitioningIndex { isBeforeAll || $0 >= limit }
            guard known > 0 else { return nil }
            return Split(training: Array(0..<known), test: Array(first..<end))
        }
    }

    private static func folds(parts: [Int], count: Int) -> [Split] {
        (0..<count).map { fold in
            Split(
                training: parts.indices.filter { parts[$0] != fold },
                test: parts.indices.filter { parts[$0] == fold })
        }
    }
}

extension ArraySlice<Int64> {
    /// The first place from which on the predicate holds, the elements being sorted by it.
    fileprivate func partitioningIndex(_ holds: (Int64) -> Bool) -> Int {
        var (low, high) = (startIndex, endIndex)
        while low < high {
            let middle = (low + high) / 2
            if holds(self[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
