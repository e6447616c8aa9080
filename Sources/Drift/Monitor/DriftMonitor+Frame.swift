public import Bytes
internal import Sketches
public import Statistics

/// A monitor as a frame of kind `driftMonitor`, version 3; flags say what is there:
///
///     | span? 2 × i64 | filling? 2 × i64 | events a pane f64 | filling events, panes f64 |
///     | parts n u64 | n × (name text | part) | start? i64 | history: panes |
///     | quality | open: panes |
///     part: | complete?, filling?, drifted? frames of summaries | effect f64 | spread |
///           | distinct? 2 × f64 | windows' distinct: sum, windows, relative error f64 |
///     panes: | n u64 | n × (span 2 × i64 | events f64 | tally | quality drifts u8 |
///            | columns m u64 | m × column) |
///     column: | name text | summary's frame | drifts 1, is broken 2 u8 | distinct? 2 × f64 |
extension DriftMonitor where Summary == FeatureSummary {
    static var version: UInt16 { 3 }

    /// Appends the frame.
    public func append(to writer: inout ByteWriter) {
        writer.appendFrame(.driftMonitor, version: Self.version) { payload in
            baseline.append(to: &payload)
            DriftPane.append(open, to: &payload)
        }
    }

    /// Takes in the frame at the front of what is left.
    ///
    /// - Parameter template: a summary of the settings that all have.
    public mutating func restore(
        from reader: inout ByteReader, like template: FeatureSummary
    ) throws(FormatError) {
        let frame = try Frame(reader.rest, kind: .driftMonitor, newestVersion: Self.version)
        var payload = ByteReader(frame.payload)
        var restored = self
        try restored.baseline.restore(from: &payload, like: template)
        restored.open = try DriftPane.readAll(from: &payload, like: template)
        try payload.end()
        try reader.skip(frame.byteCount)
        self = restored
    }
}

extension DriftBaseline where Summary == FeatureSummary {
    func append(to writer: inout ByteWriter) {
        writer.append(optional: span)
        writer.append(optional: filling)
        for number in [eventsPerPane, fillingEvents, fillingPanes] {
            writer.append(fixed: number)
        }
        writer.append(count: parts.count)
        for (name, part) in parts.sorted(by: { $0.key < $1.key }) {
            writer.append(counted: name)
            part.append(to: &writer)
        }
        writer.append(optional: start)
        DriftPane.append(history, to: &writer)
        quality.append(to: &writer)
    }

    mutating func restore(
        from reader: inout ByteReader, like template: FeatureSummary
    ) throws(FormatError) {
        span = try reader.readOptionalSpan("span")
        filling = try reader.readOptionalSpan("filling span")
        eventsPerPane = try reader.readAmount("events a pane")
        fillingEvents = try reader.readAmount("events")
        fillingPanes = try reader.readAmount("panes")
        for _ in 0..<(try reader.readCount("parts", itemBytes: 8)) {
            let name = try reader.readText("feature", bytesMax: Alert.textBytesMax)
            parts[name] = try Part(from: &reader, like: template)
        }
        start = try reader.readOptionalMoment("start")
        history = try DriftPane.readAll(from: &reader, like: template)
        quality = try QualityBaseline(from: &reader)
    }
}

extension DriftBaseline.Part where Summary == FeatureSummary {
    fileprivate func append(to writer: inout ByteWriter) {
        for summary in [complete, filling, drifted] {
            writer.append(fixed: UInt8(summary == nil ? 0 : 1))
            summary?.append(to: &writer)
        }
        writer.append(fixed: completeEffect)
        spread.append(to: &writer)
        distinct.append(to: &writer)
        writer.append(fixed: windowDistincts.sum)
        writer.append(fixed: windowDistincts.windows)
        writer.append(fixed: windowDistincts.relativeError)
    }

    fileprivate init(
        from reader: inout ByteReader, like template: FeatureSummary
    ) throws(FormatError) {
        complete = try reader.readFlag("complete") ? reader.readSummary(like: template) : nil
        filling = try reader.readFlag("filling") ? reader.readSummary(like: template) : nil
        drifted = try reader.readFlag("drifted") ? reader.readSummary(like: template) : nil
        completeEffect = try reader.readDouble()
        spread = try WindowSpread(from: &reader)
        distinct = try DistinctCount?(from: &reader)
        windowDistincts.sum = try reader.readAmount("distinct")
        windowDistincts.windows = try reader.readAmount("windows")
        windowDistincts.relativeError = try reader.readAmount("relative error")
    }
}

extension DriftPane where Summary == FeatureSummary {
    fileprivate static func append(_ panes: [DriftPane], to writer: inout ByteWriter) {
        writer.append(count: panes.count)
        for pane in panes {
            writer.append(pane.span)
            writer.append(fixed: pane.events)
            pane.judged.append(to: &writer)
            let isWorse = pane.drifting.contains(DriftReport.qualityName)
            writer.append(fixed: UInt8(isWorse ? 1 : 0))
            writer.append(count: pane.summaries.count)
            for (name, summary) in pane.summaries {
                writer.append(counted: name)
                summary.append(to: &writer)
                writer.append(fixed: pane.state(of: name))
                pane.distinct[name].append(to: &writer)
            }
        }
    }

    fileprivate static func readAll(
        from reader: inout ByteReader, like template: FeatureSummary
    ) throws(FormatError) -> [DriftPane] {
        var panes: [DriftPane] = []
        for _ in 0..<(try reader.readCount("panes", itemBytes: 32)) {
            let start = reader.offset
            let pane = try DriftPane(from: &reader, like: template)
            // Panes are merged column by column.
            let isAlike = panes.last.map { last in
                last.span.upperBound <= pane.span.lowerBound
                    && last.summaries.map(\.name) == pane.summaries.map(\.name)
            }
            guard isAlike ?? true else { throw .invalid(field: "pane", at: start) }
            panes.append(pane)
        }
        return panes
    }

    private init(
        from reader: inout ByteReader, like template: FeatureSummary
    ) throws(FormatError) {
        let span = try reader.readSpan("pane")
        self.init(span: span, summaries: [], events: try reader.readAmount("events"))
        judged = try QualityTally(from: &reader)
        if try reader.readFlag("quality drifts") { drifting.insert(DriftReport.qualityName) }
        for _ in 0..<(try reader.readCount("columns", itemBytes: 8)) {
            let name = try reader.readText("feature", bytesMax: Alert.textBytesMax)
            summaries.append((name, try reader.readSummary(like: template)))
            try readState(of: name, from: &reader)
            distinct[name] = try DistinctCount?(from: &reader)
        }
    }
}

extension DriftPane {
    fileprivate func state(of name: String) -> UInt8 {
        broken.contains(name) ? 2 : drifting.contains(name) ? 1 : 0
    }

    fileprivate mutating func readState(
        of name: String, from reader: inout ByteReader
    ) throws(FormatError) {
        let start = reader.offset
        let state = try reader.readUInt8()
        guard state <= 2 else { throw .invalid(field: "drifts", at: start) }
        if state > 0 { drifting.insert(name) }
        if state == 2 { broken.insert(name) }
    }
}

extension ByteReader {
    @_lifetime(self: copy self)
    fileprivate mutating func readSummary(
        like template: FeatureSummary
    ) throws(FormatError) -> FeatureSummary {
        let start = offset
        let summary = try FeatureSummary(from: &self)
        guard summary.canMerge(template) else { throw .invalid(field: "summary", at: start) }
        return summary
    }
}

extension DistinctCount? {
    fileprivate func append(to writer: inout ByteWriter) {
        writer.append(optional: self?.estimate)
        writer.append(optional: self?.relativeError)
    }

    fileprivate init(from reader: inout ByteReader) throws(FormatError) {
        let estimate = try reader.readOptionalDouble("distinct")
        let error = try reader.readOptionalDouble("its error")
        self = estimate.map { DistinctCount($0, relativeError: error ?? 0) }
    }
}

/// `| single, grouped: 5 × f64 each | windows u8 | count, mean, scatter f64 |`
extension WindowSpread {
    fileprivate func append(to writer: inout ByteWriter) {
        for effect in [single, grouped] {
            writer.append(fixed: effect.windows)
            writer.append(fixed: effect.events)
            writer.append(fixed: effect.mean)
            writer.append(fixed: effect.between)
            writer.append(fixed: effect.within)
        }
        writer.append(fixed: UInt8(windows))
        writer.append(fixed: count)
        writer.append(fixed: mean)
        writer.append(fixed: scatter)
    }

    fileprivate init(from reader: inout ByteReader) throws(FormatError) {
        self.init()
        single = try DesignEffect(from: &reader)
        grouped = try DesignEffect(from: &reader)
        let start = reader.offset
        windows = Int(try reader.readUInt8())
        guard windows < Self.groupWindows else { throw .invalid(field: "windows", at: start) }
        count = try reader.readAmount("count")
        mean = try reader.readDouble()
        scatter = try reader.readDouble()
    }
}

extension DesignEffect {
    fileprivate init(from reader: inout ByteReader) throws(FormatError) {
        self.init()
        windows = try reader.readAmount("windows")
        events = try reader.readAmount("events")
        mean = try reader.readDouble()
        between = try reader.readDouble()
        within = try reader.readDouble()
    }
}
