extension StatisticsTable {
    /// A table of some of this one's columns, by their names, which goes on as if there had never
    /// been others.
    ///
    /// - Parameter chosen: each with the name of a column of the same kind here.
    public func keeping(_ chosen: [StatisticsColumn]) -> StatisticsTable {
        guard var kept = try? StatisticsTable(columns: chosen, settings: settings) else {
            preconditionFailure("settings of a table that is there: \(settings)")
        }
        let places = Dictionary(
            uniqueKeysWithValues: columns.enumerated().map { ($1.name, $0) })
        for segment in segments.dropFirst() {
            _ = kept.addSegment(key: segment.key ?? 0, name: segment.name)
        }
        kept.events = events
        kept.starts = starts
        kept.closedStarts = closedStarts
        kept.openEnd = openEnd
        kept.times = times
        kept.blockSegments = blockSegments
        kept.rows = rows
        let perColumn = 2 * settings.windowsMillis.count + 1
        for (own, column) in chosen.enumerated() {
            guard let theirs = places[column.name] else {
                preconditionFailure("no column \(column.name)")
            }
            kept.seen[own] = seen[theirs]
            for row in 0..<rows {
                kept.block[Self.place(row: row, column: own)] =
                    block[Self.place(row: row, column: theirs)]
            }
            for segment in segments.indices {
                let (to, from) = (
                    kept.index(segment: segment, column: own),
                    index(segment: segment, column: theirs)
                )
                for offset in 0..<perColumn {
                    kept.summaries[to + offset] = summaries[from + offset]
                }
            }
        }
        return kept
    }
}
