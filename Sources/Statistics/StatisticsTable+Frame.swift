public import Bytes
internal import Sketches

/// The table as a frame of kind `statisticsTable`, version 2; all numbers little-endian:
///
///     | shape: columns u64 | quantile size, distinct precision, frequent capacity u64 |
///     |        windows u64 | windows × width i64 |
///     | events u64 |
///     | has starts u8 | windows × start i64 | windows × ( | closed u8 | start i64 | ) |
///     | segments u64 | segments - 1 × ( | key u64 | name text | ) |
///     | rows u64 | rows × ( | time i64 | segment u16 | columns × f64 | ) |
///     | for each category: words u64 | words × u64 |
///     | summaries: count u64 of those not empty | × ( | place u64 | frame | ) |
extension StatisticsTable {
    public static var frameVersion: UInt16 { 2 }
    private static let segmentNameBytesMax = 256

    /// Appends the state; reading it back resumes bit for bit.
    public func append(to writer: inout ByteWriter) {
        writer.appendFrame(.statisticsTable, version: Self.frameVersion) { payload in
            appendShape(to: &payload)
            payload.append(fixed: events)
            payload.append(fixed: UInt8(starts == nil ? 0 : 1))
            for window in settings.windowsMillis.indices {
                payload.append(fixed: starts?[window] ?? 0)
            }
            for start in closedStarts {
                payload.append(fixed: UInt8(start == nil ? 0 : 1))
                payload.append(fixed: start ?? 0)
            }
            payload.append(count: segments.count)
            for segment in segments.dropFirst() {
                payload.append(fixed: segment.key ?? 0)
                payload.append(counted: segment.name)
            }
            appendRows(to: &payload)
            for words in seen where !words.isEmpty {
                payload.append(count: words.count)
                for word in words { payload.append(fixed: word) }
            }
            let filled = summaries.indices.filter { !summaries[$0].isEmpty }
            payload.append(count: filled.count)
            for place in filled {
                payload.append(count: place)
                summaries[place].append(to: &payload)
            }
        }
    }

    /// What tables have in common that can be taken for each other.
    private func appendShape(to payload: inout ByteWriter) {
        payload.append(count: columns.count)
        payload.append(count: settings.quantileSize)
        payload.append(count: settings.distinctPrecision)
        payload.append(count: settings.frequentCapacity)
        payload.append(count: settings.windowsMillis.count)
        for width in settings.windowsMillis { payload.append(fixed: width) }
    }

    private func appendRows(to payload: inout ByteWriter) {
        payload.append(count: rows)
        for row in 0..<rows {
            payload.append(fixed: times[row])
            payload.append(fixed: blockSegments[row])
            for column in columns.indices {
                payload.append(fixed: block[Self.place(row: row, column: column)])
            }
        }
    }

    /// Reads a state that `append(to:)` wrote; one of other columns, windows or sizes of sketches,
    /// or of the first version, which does not tell them all, is passed over.
    ///
    /// - Returns: whether it was of the same shape, and this is that state now.
    public mutating func restore(from reader: inout ByteReader) throws(FormatError) -> Bool {
        let frame = try Frame(
            reader.rest, kind: .statisticsTable, newestVersion: Self.frameVersion)
        guard let empty = try? StatisticsTable(columns: columns, settings: settings) else {
            throw .invalid(field: "settings", at: 0)
        }
        var restored = empty
        var payload = ByteReader(frame.payload)
        guard frame.version == Self.frameVersion, hasShape(next: &payload) else {
            try reader.skip(frame.byteCount)
            return false
        }
        restored.events = UInt64(
            try payload.readCount("events", max: FeatureSummary.countMax))
        try restored.restoreWindows(from: &payload)
        try restored.restoreSegments(from: &payload)
        try restored.restoreRows(from: &payload)
        try restored.restoreSeen(from: &payload)
        try restored.restoreSummaries(from: &payload)
        try payload.end()
        try reader.skip(frame.byteCount)
        self = restored
        return true
    }

    /// Reads a shape, and tells whether it is this table's.
    private func hasShape(next reader: inout ByteReader) -> Bool {
        var own = ByteWriter()
        appendShape(to: &own)
        guard let stored = try? reader.readBytes(own.count) else { return false }
        return ByteComparison.order(stored, own.bytes) == 0
    }

    private mutating func restoreWindows(from reader: inout ByteReader) throws(FormatError) {
        let windows = settings.windowsMillis.count
        let hasStarts = try reader.readFlag("starts")
        var starts: [Int64] = []
        for window in 0..<windows { starts.append(try readStart(window, from: &reader)) }
        if hasStarts {
            self.starts = starts
            openEnd = windows > 0 ? starts[0] + settings.windowsMillis[0] : .max
        }
        for window in 0..<windows {
            let isClosed = try reader.readFlag("closed")
            let start = try readStart(window, from: &reader)
            closedStarts[window] = isClosed ? start : nil
        }
    }

    private func readStart(
        _ window: Int, from reader: inout ByteReader
    ) throws(FormatError) -> Int64 {
        let place = reader.offset
        let start = try reader.readInt64()
        let isStart = start % settings.windowsMillis[window] == 0
        guard isStart, abs(start / 2) < Int64.max / 4 else {
            throw .invalid(field: "start", at: place)
        }
        return start
    }

    private mutating func restoreSegments(from reader: inout ByteReader) throws(FormatError) {
        let place = reader.offset
        let count = try reader.readCount("segments", max: settings.segmentsMax + 1)
        guard count > 0 else { throw .invalid(field: "segments", at: place) }
        for _ in 1..<count {
            let key = try reader.readUInt64()
            let name = try reader.readText("segment", bytesMax: Self.segmentNameBytesMax)
            guard segment(of: key) == nil else { throw .invalid(field: "segment", at: place) }
            _ = addSegment(key: key, name: name)
        }
    }

    private mutating func restoreRows(from reader: inout ByteReader) throws(FormatError) {
        let count = try reader.readCount("rows", max: Self.batchEvents - 1)
        for row in 0..<count {
            let place = reader.offset
            times[row] = try reader.readInt64()
            blockSegments[row] = try reader.readUInt16()
            guard Int(blockSegments[row]) < segments.count else {
                throw .invalid(field: "row", at: place)
            }
            for column in columns.indices {
                let value = try reader.readDouble()
                if case .category(let buckets) = columns[column].source, !value.isNaN {
                    guard value >= 0, value < Double(buckets), value.rounded() == value else {
                        throw .invalid(field: "bucket", at: place)
                    }
                }
                block[Self.place(row: row, column: column)] = value
            }
        }
        rows = count
    }

    private mutating func restoreSeen(from reader: inout ByteReader) throws(FormatError) {
        for column in seen.indices where !seen[column].isEmpty {
            let place = reader.offset
            let count = seen[column].count
            guard try reader.readCount("words", max: count) == count else {
                throw .invalid(field: "words", at: place)
            }
            for word in 0..<count { seen[column][word] = try reader.readUInt64() }
        }
    }

    private mutating func restoreSummaries(from reader: inout ByteReader) throws(FormatError) {
        for _ in 0..<(try reader.readCount("summaries", max: summaries.count)) {
            let start = reader.offset
            let place = try reader.readCount("place", max: summaries.count - 1)
            let summary = try FeatureSummary(from: &reader)
            guard summaries[place].isEmpty, summary.canMerge(summaries[place]) else {
                throw .invalid(field: "summary", at: start)
            }
            summaries[place] = summary
        }
    }
}
