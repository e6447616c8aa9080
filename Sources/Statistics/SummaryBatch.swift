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
        _ block: [Double], from first: Int, times: [Int64], rows: borrowing BlockRows,
        to summary: inout FeatureSummary
    ) {
        let column = block.span.extracting(first..<first + StatisticsTable.batchEvents)
        summary.events += UInt64(rows.count)
        setLast(column, times, rows, of: &summary)
        let whole = column.extracting(first: rows.count)
        if rows.isWhole, Self.areFinite(whole) {
            take(whole, to: &summary)
        } else {
            gather(column, rows, to: &summary)
            let gathered = values
            take(gathered.span.extracting(first: valueCount), to: &summary)
        }
    }

    private static func areFinite(_ values: Span<Double>) -> Bool {
        let exponent = Double.infinity.bitPattern
        var others: UInt64 = 0
        for index in values.indices {
            others |= values[index].bitPattern & exponent == exponent ? 1 : 0
        }
        return others == 0
    }

    private mutating func take(_ finite: Span<Double>, to summary: inout FeatureSummary) {
        valueCount = finite.count
        guard valueCount > 0 else { return }
        summary.moments.insert(finite)
        summary.quantiles.insert(finite)
        var zero: UInt64 = 0
        var items = items.mutableSpan
        for index in finite.indices {
            let item = (finite[index] + 0).bitPattern
            items[index] = item
            zero &+= item == 0 ? 1 : 0
        }
        summary.zero += zero
        count(into: &summary)
    }

    /// Sorts out the finite values.
    private mutating func gather(
        _ column: Span<Double>, _ rows: borrowing BlockRows, to summary: inout FeatureSummary
    ) {
        var (infinite, count) = (0, 0)
        var values = values.mutableSpan
        for row in rows.places {
            let value = column[Int(row)]
            if value.isFinite {
                values[count] = value
                count &+= 1
            } else {
                infinite &+= value.isNaN ? 0 : 1
            }
        }
        valueCount = count
        summary.missing += UInt64(rows.count - count - infinite)
        summary.nonFinite += UInt64(infinite)
    }

    /// Notes the latest finite value: nearly always that of the latest row.
    private func setLast(
        _ column: Span<Double>, _ times: [Int64], _ rows: borrowing BlockRows,
        of summary: inout FeatureSummary
    ) {
        for row in rows.latest where column[Int(row)].isFinite {
            summary.setLast(
                FeatureSummary.Last(value: column[Int(row)], timeMillis: rows.latestMillis))
        }
        guard !rows.latest.contains(where: { column[Int($0)].isFinite }) else { return }
        for row in rows.places where column[Int(row)].isFinite {
            summary.setLast(
                FeatureSummary.Last(value: column[Int(row)], timeMillis: times[Int(row)]))
        }
    }

    /// Adds the rows' buckets of a category to a summary; missing ones are NaN.
    mutating func addBuckets(
        _ block: [Double], from first: Int, times: [Int64], rows: borrowing BlockRows,
        to summary: inout FeatureSummary
    ) {
        let column = block.span.extracting(first..<first + StatisticsTable.batchEvents)
        summary.events += UInt64(rows.count)
        setLast(column, times, rows, of: &summary)
        valueCount = 0
        for row in rows.places {
            let bucket = column[Int(row)]
            if bucket.isNaN {
                summary.missing += 1
            } else {
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
