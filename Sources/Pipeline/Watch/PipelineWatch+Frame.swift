internal import Bytes
internal import Drift
internal import Events
internal import Sketches
internal import Statistics

/// A watch as a frame of kind `pipelineWatch`, version 1; a flag before what may be absent:
///
///     | window i64 | baseline i64 | seen start? i64 | skipped u64 | labelled? i64 |
///     | loss rose u8 | events, rejected by the last tick u64 | losses | reliability |
///     | frame of the monitor | frame of the alert engine |
///     | closed windows n u64 | n × (start i64 | columns m u64 | m × frame of a summary) |
extension PipelineWatch {
    static let version: UInt16 = 1

    func append(to writer: inout ByteWriter) {
        writer.appendFrame(.pipelineWatch, version: Self.version) { payload in
            payload.append(fixed: settings.windowMillis)
            payload.append(fixed: settings.baselineMillis)
            Self.append(seenStart, to: &payload)
            payload.append(fixed: skipped)
            Self.append(labelledMillis, to: &payload)
            payload.append(fixed: UInt8(lossRose ? 1 : 0))
            payload.append(fixed: last.events)
            payload.append(fixed: last.rejected)
            losses.append(to: &payload)
            reliability.append(to: &payload)
            monitor.append(to: &payload)
            engine.append(to: &payload)
            payload.append(count: closed.count)
            for window in closed { append(window, to: &payload) }
        }
    }

    private static func append(_ moment: Int64?, to writer: inout ByteWriter) {
        writer.append(fixed: UInt8(moment == nil ? 0 : 1))
        writer.append(fixed: moment ?? 0)
    }

    private func append(_ window: ClosedWindow, to writer: inout ByteWriter) {
        writer.append(fixed: window.span.lowerBound)
        writer.append(count: window.features.count + 1)
        for feature in window.features { feature.summary.append(to: &writer) }
        window.scores.append(to: &writer)
    }

    /// Takes in the frame at the front of what is left, into a watch that has seen nothing. Where
    /// the project asks for another baseline or other windows by now, what was kept for the old
    /// ones is left out; alerts stay.
    ///
    /// - Parameter template: a summary of the settings that all have.
    mutating func restore(
        from reader: inout ByteReader, like template: FeatureSummary
    ) throws(FormatError) {
        let frame = try Frame(reader.rest, kind: .pipelineWatch, newestVersion: Self.version)
        var payload = ByteReader(frame.payload)
        var restored = self
        let window = try payload.readInt64()
        let isAlike = try payload.readInt64() == settings.baselineMillis
        restored.seenStart = try Self.readMoment("seen start", from: &payload)
        restored.skipped = try payload.readTally("skipped")
        restored.labelledMillis = try Self.readMoment("labelled", from: &payload)
        restored.lossRose = try payload.readFlag("loss rose")
        restored.last.events = try payload.readTally("events")
        restored.last.rejected = try payload.readTally("rejected")
        try restored.losses.restore(from: &payload)
        try restored.reliability.restore(from: &payload)
        try restored.monitor.restore(from: &payload, like: template)
        try restored.engine.restore(from: &payload)
        for _ in 0..<(try payload.readCount("closed windows", max: Self.closedMax)) {
            let window = try readWindow(from: &payload, like: template)
            restored.closed.append(window)
        }
        try payload.end()
        try reader.skip(frame.byteCount)
        if window != settings.windowMillis || !isAlike {
            restored.monitor = monitor
            restored.seenStart = nil
            restored.closed = []
        }
        self = restored
    }

    private static func readMoment(
        _ field: String, from reader: inout ByteReader
    ) throws(FormatError) -> Int64? {
        let isThere = try reader.readFlag(field)
        let start = reader.offset
        let moment = try reader.readInt64()
        guard isThere else { return nil }
        guard EventTime.limits.contains(moment) else { throw .invalid(field: field, at: start) }
        return moment
    }

    private func readWindow(
        from reader: inout ByteReader, like template: FeatureSummary
    ) throws(FormatError) -> ClosedWindow {
        let start = reader.offset
        let first = try reader.readInt64()
        guard EventTime.limits.contains(first),
            try reader.readCount("columns", itemBytes: 16) == columns.count
        else { throw .invalid(field: "window", at: start) }
        var summaries: [(name: String, summary: FeatureSummary)] = []
        for (name, _) in columns {
            let summary = try FeatureSummary(from: &reader)
            guard summary.canMerge(template) else { throw .invalid(field: "summary", at: start) }
            summaries.append((name, summary))
        }
        guard let scores = summaries.popLast() else { throw .invalid(field: "window", at: start) }
        return ClosedWindow(
            span: first..<first + settings.windowMillis, features: summaries,
            scores: scores.summary)
    }
}
