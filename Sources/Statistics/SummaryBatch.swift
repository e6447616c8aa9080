internal import Bytes
internal import Sketches

/// The values of one column in a batch of events, sorted out before they reach the sketches: what
/// is missing is counted, equal values are taken together. One buffer serves all columns.
struct SummaryBatch {
    /// Finite values, in order; the first `valueCount`.
    private var values: [Double]
    private var valueCount = 0
    /// The items they are: bit patterns, or buckets.
    private var items: [UInt64]
    /// A table of distinct items with their counts; `touched` are the slots in use, and `hashes`
    /// those of their items.
    private var keys: [UInt64]
    private var counts: [UInt32]
    private var touched: [UInt16]
    private var hashes: [UInt64]
    private static let slots = 1_024

    static var byteCount: Int { slots * 12 + 26 * StatisticsTable.batchEvents }

    init() {
        let rows = StatisticsTable.batchEvents
        values = Array(repeating: 0, count: rows)
        items = Array(repeating: 0, count: rows)
        keys = Array(repeating: 0, count: Self.slots)
        counts = Array(repeating: 0, count: Self.slots)
        touched = Array(repeating: 0, count: rows)
        hashes = Array(repeating: 0, count: rows)
    }

    /// Adds the rows' values of a numeric column to a summary.
    ///
    /// - Parameter first: where the column begins in the block.
    mutating func addNumbers(
        _ block: [Double], from first: Int, times: [Int64], rows: [UInt16],
        to summary: inout FeatureSummary
    ) {
        let last = gather(block, from: first, times: times, rows: rows, to: &summary)
        guard valueCount > 0 else { return }
        let gathered = values
        let finite = gathered.span.extracting(first: valueCount)
        summary.setLast(last)
        summary.moments.insert(finite)
        summary.quantiles.insert(finite)
        for index in finite.indices { items[index] = (finite[index] + 0).bitPattern }
        count(into: &summary)
    }

    /// Sorts out the finite values; returns the latest of them.
    private mutating func gather(
        _ block: [Double], from first: Int, times: [Int64], rows: [UInt16],
        to summary: inout FeatureSummary
    ) -> FeatureSummary.Last {
        var (infinite, zero, count) = (0, 0, 0)
        var last = FeatureSummary.Last(value: -.infinity, timeMillis: .min)
        var values = values.mutableSpan
        for row in rows {
            let value = block[first &+ Int(row)]
            if value.isFinite {
                values[count] = value
                count &+= 1
                zero &+= value == 0 ? 1 : 0
                let own = FeatureSummary.Last(value: value, timeMillis: times[Int(row)])
                if own.isLater(than: last) { last = own }
            } else {
                infinite &+= value.isNaN ? 0 : 1
            }
        }
        valueCount = count
        summary.events += UInt64(rows.count)
        summary.missing += UInt64(rows.count - count - infinite)
        summary.nonFinite += UInt64(infinite)
        summary.zero += UInt64(zero)
        return last
    }

    /// Adds the rows' buckets of a category to a summary; missing ones are NaN.
    mutating func addBuckets(
        _ block: [Double], from first: Int, times: [Int64], rows: [UInt16],
        to summary: inout FeatureSummary
    ) {
        summary.events += UInt64(rows.count)
        valueCount = 0
        for row in rows {
            let bucket = block[first &+ Int(row)]
            if bucket.isNaN {
                summary.missing += 1
            } else {
                summary.setLast(.init(value: bucket, timeMillis: times[Int(row)]))
                items[valueCount] = UInt64(bucket)
                valueCount += 1
            }
        }
        count(into: &summary)
    }

    /// Hands the items on. Of more than can be counted, those that came once are only summed up.
    private mutating func count(into summary: inout FeatureSummary) {
        let distinctCount = Self.collect(
            items, count: valueCount, &keys, &counts, touched: &touched, hashes: &hashes)
        let found = hashes
        summary.distinct.insert(hashes: found.span.extracting(first: distinctCount))
        let isCrowded = distinctCount > summary.frequent.capacity
        var single: UInt64 = 0
        for index in 0..<distinctCount {
            let slot = Int(touched[index])
            if isCrowded, counts[slot] == 1 {
                single += 1
            } else {
                summary.frequent.insert(keys[slot], count: UInt64(counts[slot]))
            }
            counts[slot] = 0
        }
        if single > 0 { summary.frequent.skip(single, each: 1) }
    }

    /// Counts equal items together; returns how many distinct ones there are. About 3 ns each.
    private static func collect(
        _ items: [UInt64], count: Int, _ keys: inout [UInt64], _ counts: inout [UInt32],
        touched: inout [UInt16], hashes: inout [UInt64]
    ) -> Int {
        var distinct = 0
        let items = items.span.extracting(first: count)
        var keys = keys.mutableSpan
        var counts = counts.mutableSpan
        var touched = touched.mutableSpan
        var hashes = hashes.mutableSpan
        for index in items.indices {
            let item = items[index]
            let hash = StableHash.mix(item)
            var slot = Int(truncatingIfNeeded: hash) & (slots - 1)
            while counts[slot] > 0, keys[slot] != item { slot = (slot &+ 1) & (slots - 1) }
            if counts[slot] == 0 {
                keys[slot] = item
                hashes[distinct] = hash
                touched[distinct] = UInt16(truncatingIfNeeded: slot)
                distinct &+= 1
            }
            counts[slot] &+= 1
        }
        return distinct
    }
}
