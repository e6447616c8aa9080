public import Bytes
internal import Sketches
public import Statistics

/// A monitor's baseline as a frame of kind `driftMonitor`, version 1; flags say what is there:
///
///     | span? 2 × i64 | filling? 2 × i64 | events a window f64 | filling events, windows f64 |
///     | parts n u64 | n × (name text | part) |
///     part: | complete?, filling?, drifted? frames of summaries | effect f64 | spread |
///           | distinct? 2 × f64 | windows' distinct: sum, windows, relative error f64 |
extension DriftMonitor where Summary == FeatureSummary {
    static var version: UInt16 { 1 }

    /// Appends the frame.
    public func append(to writer: inout ByteWriter) {
        writer.appendFrame(.driftMonitor, version: Self.version) { baseline.append(to: &$0) }
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
        try payload.end()
        try reader.skip(frame.byteCount)
        self = restored
    }
}

extension DriftBaseline where Summary == FeatureSummary {
    fileprivate func append(to writer: inout ByteWriter) {
        writer.append(optional: span)
        writer.append(optional: filling)
        for number in [eventsPerWindow, fillingEvents, fillingWindows] {
            writer.append(fixed: number)
        }
        writer.append(count: parts.count)
        for (name, part) in parts.sorted(by: { $0.key < $1.key }) {
            writer.append(counted: name)
            part.append(to: &writer)
        }
    }

    fileprivate mutating func restore(
        from reader: inout ByteReader, like template: FeatureSummary
    ) throws(FormatError) {
        span = try reader.readOptionalSpan("span")
        filling = try reader.readOptionalSpan("filling span")
        eventsPerWindow = try reader.readAmount("events a window")
        fillingEvents = try reader.readAmount("events")
        fillingWindows = try reader.readAmount("windows")
        for _ in 0..<(try reader.readCount("parts", itemBytes: 8)) {
            let name = try reader.readText("feature", bytesMax: Alert.textBytesMax)
            parts[name] = try Part(from: &reader, like: template)
        }
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
        writer.append(optional: distinct?.estimate)
        writer.append(optional: distinct?.relativeError)
        writer.append(fixed: windowDistincts.sum)
        writer.append(fixed: windowDistincts.windows)
        writer.append(fixed: windowDistincts.relativeError)
    }

    fileprivate init(
        from reader: inout ByteReader, like template: FeatureSummary
    ) throws(FormatError) {
        complete = try Self.readSummary(from: &reader, like: template)
        filling = try Self.readSummary(from: &reader, like: template)
        drifted = try Self.readSummary(from: &reader, like: template)
        completeEffect = try reader.readDouble()
        spread = try WindowSpread(from: &reader)
        let estimate = try reader.readOptionalDouble("distinct")
        let error = try reader.readOptionalDouble("its error")
        distinct = estimate.map { DistinctCount($0, relativeError: error ?? 0) }
        windowDistincts.sum = try reader.readAmount("distinct")
        windowDistincts.windows = try reader.readAmount("windows")
        windowDistincts.relativeError = try reader.readAmount("relative error")
    }

    private static func readSummary(
        from reader: inout ByteReader, like template: FeatureSummary
    ) throws(FormatError) -> FeatureSummary? {
        guard try reader.readFlag("summary") else { return nil }
        let start = reader.offset
        let summary = try FeatureSummary(from: &reader)
        guard summary.canMerge(template) else { throw .invalid(field: "summary", at: start) }
        return summary
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
