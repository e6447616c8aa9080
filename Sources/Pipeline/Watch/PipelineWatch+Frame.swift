internal import Bytes
internal import Drift
internal import Events
internal import Sketches
internal import Statistics

/// A watch as a frame of kind `pipelineWatch`, version 5; a flag before what may be absent:
///
///     | windows: window, slide i64 | baseline: kind u8, 2 × i64 |
///     | seen start? i64 | skipped u64 | labelled? i64 | start? i64 |
///     | beginner u8 | learns since? i64 |
///     | loss rose, scores moved u8 | events, rejected by the last tick u64 |
///     | losses | scores | sum f64 and count u8 of scores | reliability | tally | whole u8 |
///     | frame of the monitor | frame of the alert engine |
///     | closed panes n u64 | n × (start i64 | columns m u64 | m × frame of a summary) |
extension PipelineWatch {
    static let version: UInt16 = 5

    func append(to writer: inout ByteWriter) {
        writer.appendFrame(.pipelineWatch, version: Self.version) { payload in
            settings.windows.append(to: &payload)
            payload.append(moment: seenStart)
            payload.append(fixed: skipped)
            payload.append(moment: labelledMillis)
            payload.append(moment: startMillis)
            payload.append(fixed: UInt8(isBeginner ? 1 : 0))
            payload.append(moment: learnsSinceMillis)
            payload.append(fixed: UInt8(lossRose ? 1 : 0))
            payload.append(fixed: UInt8(scoresMoved ? 1 : 0))
            payload.append(fixed: last.events)
            payload.append(fixed: last.rejected)
            losses.append(to: &payload)
            scores.append(to: &payload)
            payload.append(fixed: scoreSum)
            payload.append(fixed: UInt8(scoreCount))
            reliability.append(to: &payload)
            judged.append(to: &payload)
            payload.append(fixed: UInt8(judgesWhole ? 1 : 0))
            monitor.append(to: &payload)
            engine.append(to: &payload)
            payload.append(count: closed.count)
            for pane in closed { append(pane, to: &payload) }
        }
    }

    private func append(_ pane: ClosedPane, to writer: inout ByteWriter) {
        writer.append(fixed: pane.span.lowerBound)
        writer.append(count: pane.features.count + 1)
        for feature in pane.features { feature.summary.append(to: &writer) }
        pane.scores.append(to: &writer)
    }

    /// Takes in the frame at the front of what is left, into a watch that has seen nothing. Where
    /// the project asks for another baseline or other windows by now, what was kept for the old
    /// ones is left out; alerts stay.
    ///
    /// - Parameters:
    ///   - template: a summary of the settings that all have.
    ///   - hasStatistics: whether the task's statistics go on too; without them panes begin anew.
    mutating func restore(
        from reader: inout ByteReader, like template: FeatureSummary, hasStatistics: Bool
    ) throws(FormatError) {
        let frame = try Frame(reader.rest, kind: .pipelineWatch, newestVersion: Self.version)
        // Older versions knew less: what they say is begun anew.
        guard frame.version == Self.version else { return try reader.skip(frame.byteCount) }
        var payload = ByteReader(frame.payload)
        var restored = self
        let hasPlan = try settings.windows.isNext(in: &payload)
        let isAlike = hasPlan && hasStatistics
        restored.seenStart = try payload.readMoment("seen start")
        restored.skipped = try payload.readTally("skipped")
        restored.labelledMillis = try payload.readMoment("labelled")
        restored.startMillis = try payload.readMoment("start")
        restored.isBeginner = try payload.readFlag("beginner")
        restored.learnsSinceMillis = try payload.readMoment("learns since")
        restored.lossRose = try payload.readFlag("loss rose")
        restored.scoresMoved = try payload.readFlag("scores moved")
        restored.last.events = try payload.readTally("events")
        restored.last.rejected = try payload.readTally("rejected")
        try restored.losses.restore(from: &payload)
        try restored.scores.restore(from: &payload)
        restored.scoreSum = try payload.readDouble()
        let place = payload.offset
        restored.scoreCount = Int(try payload.readUInt8())
        guard restored.scoreCount < Self.scoresTogether else {
            throw .invalid(field: "scores", at: place)
        }
        try restored.reliability.restore(from: &payload)
        restored.judged = try QualityTally(from: &payload)
        restored.judgesWhole = try payload.readFlag("whole")
        if isAlike {
            try restored.monitor.restore(from: &payload, like: template)
        } else {
            try payload.skip(try Frame.byteCount(of: payload.rest))
            restored.seenStart = nil
        }
        try restored.engine.restore(from: &payload)
        if isAlike {
            for _ in 0..<(try payload.readCount("closed panes", max: Self.closedMax)) {
                restored.restore(try readPane(from: &payload, like: template))
            }
            try payload.end()
        }
        try reader.skip(frame.byteCount)
        self = restored
    }

    private func readPane(
        from reader: inout ByteReader, like template: FeatureSummary
    ) throws(FormatError) -> ClosedPane {
        let start = reader.offset
        let first = try reader.readInt64()
        guard EventTime.limits.contains(first),
            try reader.readCount("columns", itemBytes: 16) == columns.count
        else { throw .invalid(field: "pane", at: start) }
        var summaries: [(name: String, summary: FeatureSummary)] = []
        for (name, _) in columns {
            let summary = try FeatureSummary(from: &reader)
            guard summary.canMerge(template) else { throw .invalid(field: "summary", at: start) }
            summaries.append((name, summary))
        }
        guard let scores = summaries.popLast() else { throw .invalid(field: "pane", at: start) }
        return ClosedPane(
            span: first..<first + settings.windows.slideMillis, features: summaries,
            scores: scores.summary)
    }
}

extension WindowPlan {
    fileprivate func append(to writer: inout ByteWriter) {
        writer.append(fixed: windowMillis)
        writer.append(fixed: slideMillis)
        let (kind, first, second): (UInt8, Int64, Int64) =
            switch baseline {
            case .preceding(let span): (0, span, 0)
            case .past(let span, let ago): (1, span, ago)
            case .period(let period): (2, period.lowerBound, period.upperBound)
            case .training: (3, 0, 0)
            }
        writer.append(fixed: kind)
        writer.append(fixed: first)
        writer.append(fixed: second)
    }

    /// Reads a plan, and tells whether it is this one.
    fileprivate func isNext(in reader: inout ByteReader) throws(FormatError) -> Bool {
        var own = ByteWriter()
        append(to: &own)
        let stored = try reader.readBytes(own.count)
        return ByteComparison.order(stored, own.bytes) == 0
    }
}
