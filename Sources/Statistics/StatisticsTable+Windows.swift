/// Windows and where their summaries stand.
extension StatisticsTable {
    private var windowCount: Int { settings.windowsMillis.count }

    private var placesPerColumn: Int { 2 * windowCount + 1 }

    /// The summary of the shortest open window, or without windows of the life.
    func index(segment: Int, column: Int) -> Int {
        (segment * columns.count + column) * placesPerColumn
    }

    /// Closes the windows that have ended at `clock` and opens those it lies in.
    mutating func closeWindows(at clock: Int64) {
        guard let width = settings.windowsMillis.first else { return openEnd = .max }
        if var starts {
            takeBlock()
            for window in starts.indices
            where clock >= starts[window] + settings.windowsMillis[window] {
                close(window)
                closedStarts[window] = starts[window]
                starts[window] = Self.start(of: clock, width: settings.windowsMillis[window])
            }
            self.starts = starts
            openEnd = starts[0] + width
        } else {
            starts = settings.windowsMillis.map { Self.start(of: clock, width: $0) }
            openEnd = Self.start(of: clock, width: width) + width
        }
    }

    private static func start(of clock: Int64, width: Int64) -> Int64 {
        let rest = clock % width
        return clock - (rest < 0 ? rest + width : rest)
    }

    private mutating func close(_ window: Int) {
        // Each part is moved out to be merged: a copy would share its memory, and count its owners.
        var part = FeatureSummary(settings)
        for first in stride(from: 0, to: summaries.count, by: placesPerColumn) {
            let (open, closed) = (first + window, first + windowCount + window)
            let next = window + 1 < windowCount ? open + 1 : first + 2 * windowCount
            summaries.swapAt(open, closed)
            swap(&part, &summaries[closed])
            summaries[next].merge(part)
            swap(&part, &summaries[closed])
            summaries[open].removeAll()
        }
    }

    /// The place of a segment by the key of its value; nil when it has none yet and may get one.
    public func segment(of key: UInt64) -> Int? {
        if let place = segments.firstIndex(where: { $0.key == key }) { return place }
        return segments.count > settings.segmentsMax ? 0 : nil
    }

    /// Gives a new value of the segment field a place.
    ///
    /// - Precondition: `segment(of: key)` is nil.
    public mutating func addSegment(key: UInt64, name: String) -> Int {
        precondition(segment(of: key) == nil, "segment \(name)")
        segments.append(Segment(key: key, name: name))
        for _ in 0..<columns.count * placesPerColumn {
            summaries.append(FeatureSummary(settings))
        }
        return segments.count - 1
    }
}

extension StatisticsTable {
    /// The stretch of time that a summary tells of.
    public enum Period: Hashable, Sendable {
        /// Everything since the beginning.
        case lifetime
        /// The window of the settings that is still open.
        case open(window: Int)
        /// The one before it that had events.
        case closed(window: Int)
    }

    /// What is known of one column over a period: of one segment, or, with nil, of all together.
    ///
    /// Empty for a window that has not been. O(its bytes): some 20 µs. Events of the block that
    /// is being gathered are in the open window and the life of `settled()` alone.
    public func summary(
        of column: Int, over period: Period, segment: Int? = nil
    ) -> FeatureSummary {
        var total = FeatureSummary(settings)
        for place in segment.map({ $0..<$0 + 1 }) ?? segments.indices {
            let first = index(segment: place, column: column)
            for offset in offsets(of: period) { total.merge(summaries[first + offset]) }
        }
        return total
    }

    private func offsets(of period: Period) -> [Int] {
        switch period {
        case .lifetime: Array(0..<windowCount) + [2 * windowCount]
        case .open(let window): Array(0...window)
        case .closed(let window): [windowCount + window]
        }
    }

    /// The start of a window, milliseconds since the Unix epoch; nil for the life, and for a window
    /// that has not been.
    public func start(of period: Period) -> Int64? {
        switch period {
        case .lifetime: nil
        case .open(let window): starts?[window]
        case .closed(let window): closedStarts[window]
        }
    }

    /// The table with every event taken into its summaries: what is read from.
    public func settled() -> StatisticsTable {
        var copy = self
        copy.takeBlock()
        return copy
    }
}
