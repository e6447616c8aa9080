internal import Bytes
internal import Features
internal import JSON
internal import Sketches
internal import Statistics
internal import Usage

/// The message of one feature on the `features` topic (`schemas/feature.schema.json`).
struct FeatureMessage {
    let column: Int
    let statistics: StatisticsTable
    /// The partition that it tells of, when each is a task.
    let part: Int32?
    /// Its place among the declared features; nil for the scores.
    let feature: Int?
    /// Its place among the model's inputs, if it is one.
    let input: Int?
    let usage: UsageTable
    /// The version that scores, and how many coefficients of the input are not zero in it.
    let model: String
    let weights: Int
    /// What the task's state holds; told with the scores.
    let state: [StateCount]

    private static let quantiles = [0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99]
    private static let frequentMax = 10
    /// Of a message that a broker takes by default, 1 MB, so much may be segments.
    private static let segmentsBytesMax = 512 << 10

    func append(at clock: Int64, to writer: inout ByteWriter) {
        writer.append("{\"feature\":" as StaticString)
        writer.append(quoted: statistics.columns[column].name)
        if let part {
            writer.append(",\"partition\":" as StaticString)
            writer.append(decimal: Int64(part))
        }
        writer.append(",\"time\":" as StaticString)
        writer.append(decimal: clock)
        writer.append(",\"windows\":[" as StaticString)
        let lifetime = statistics.summary(of: column, over: .lifetime)
        append(lifetime, name: "lifetime", start: nil, to: &writer)
        for (window, width) in statistics.settings.windowsMillis.enumerated() {
            let period = StatisticsTable.Period.closed(window: window)
            guard let start = statistics.start(of: period) else { continue }
            writer.append(",")
            append(
                statistics.summary(of: column, over: period), name: Self.name(ofWidth: width),
                start: start, to: &writer)
        }
        writer.append("]")
        appendSegments(to: &writer)
        writer.append(",\"model\":" as StaticString)
        writer.append(quoted: model)
        if let input {
            append("weights", Double(weights), to: &writer)
            append(usageOf: input, to: &writer)
        }
        if let feature { append(readsOf: feature, to: &writer) }
        if statistics.columns[column].source == .score { appendState(to: &writer) }
        append(frame: lifetime, name: "summary", to: &writer)
        if let longest = statistics.settings.windowsMillis.indices.last {
            let period = StatisticsTable.Period.closed(window: longest)
            if statistics.start(of: period) != nil {
                append(
                    frame: statistics.summary(of: column, over: period), name: "recent",
                    to: &writer)
            }
        }
        writer.append("}")
    }

    private func append(
        frame summary: FeatureSummary, name: StaticString, to writer: inout ByteWriter
    ) {
        var frame = ByteWriter(reservingCapacity: 16_384)
        summary.append(to: &frame)
        writer.append(",\"" as StaticString)
        writer.append(name)
        writer.append("\":\"" as StaticString)
        writer.append(base64: frame.bytes)
        writer.append("\"")
    }

    private func appendState(to writer: inout ByteWriter) {
        writer.append(",\"state\":[" as StaticString)
        for (place, count) in state.enumerated() {
            writer.append(place > 0 ? ",{\"entity\":" : "{\"entity\":")
            writer.append(quoted: count.entity)
            append("entities", Double(count.entities), to: &writer)
            append("retainedEvents", Double(count.retainedEvents), to: &writer)
            writer.append("}")
        }
        writer.append("]")
    }

    /// As many as a message holds, those of the most events first; the number of the others.
    private func appendSegments(to writer: inout ByteWriter) {
        guard statistics.segments.count > 1 else { return }
        let all = statistics.segments.indices.map { place in
            (place: place, of: statistics.summary(of: column, over: .lifetime, segment: place))
        }.sorted { ($1.of.events, $0.place) < ($0.of.events, $1.place) }
        let end = writer.count + Self.segmentsBytesMax
        writer.append(",\"segments\":[" as StaticString)
        var told = 0
        while told < all.count, writer.count < end {
            if told > 0 { writer.append(",") }
            let (place, summary) = all[told]
            append(
                summary, name: place == 0 ? "other" : statistics.segments[place].name, start: nil,
                key: "segment", to: &writer)
            told += 1
        }
        writer.append("]")
        if told < all.count { append("segmentsLeftOut", Double(all.count - told), to: &writer) }
    }

    /// `5m`, `1h`, `1d`: the largest unit that divides it.
    static func name(ofWidth millis: Int64) -> String {
        let units: [(Int64, String)] = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "m")]
        for (unit, letter) in units where millis % unit == 0 { return "\(millis / unit)\(letter)" }
        return millis % 1_000 == 0 ? "\(millis / 1_000)s" : "\(millis)ms"
    }

    private func append(
        _ summary: FeatureSummary, name: String, start: Int64?, key: String = "window",
        to writer: inout ByteWriter
    ) {
        writer.append("{\"\(key)\":")
        writer.append(quoted: name)
        if let start {
            writer.append(",\"start\":" as StaticString)
            writer.append(decimal: start)
        }
        let counts: [(String, UInt64)] = [
            ("events", summary.events), ("missing", summary.missing), ("zero", summary.zero),
            ("nonFinite", summary.nonFinite), ("unseen", summary.unseen),
        ]
        for (name, count) in counts { append(name, Double(count), to: &writer) }
        append("distinct", summary.distinct.estimate.rounded(), to: &writer)
        if let last = summary.last {
            append("last", last.value, to: &writer)
            append("lastTime", Double(last.timeMillis), to: &writer)
        }
        let moments = summary.moments
        if moments.count > 0 {
            let numbers: [(String, Double)] = [
                ("mean", moments.mean), ("variance", moments.variance),
                ("skewness", moments.skewness), ("kurtosis", moments.kurtosis),
                ("min", moments.min), ("max", moments.max),
            ]
            for (name, number) in numbers { append(name, number, to: &writer) }
            let distribution = summary.quantiles.distribution()
            writer.append(",\"quantiles\":{" as StaticString)
            for (place, share) in Self.quantiles.enumerated() {
                if place > 0 { writer.append(",") }
                writer.append("\"\(share)\":")
                writer.append(number: distribution.quantile(share))
            }
            writer.append("}")
        }
        append(frequent: summary, to: &writer)
        writer.append("}")
    }

    /// What may be the most frequent values, each with the bounds of its count.
    private func append(frequent summary: FeatureSummary, to writer: inout ByteWriter) {
        let isCategory = summary.moments.count == 0
        writer.append(",\"frequent\":[" as StaticString)
        let entries = summary.frequent.entries().prefix(Self.frequentMax)
        for (place, entry) in entries.enumerated() {
            writer.append(place > 0 ? ",{\"value\":" : "{\"value\":")
            writer.append(
                number: isCategory ? Double(entry.item) : Double(bitPattern: entry.item))
            append("least", Double(entry.least), to: &writer)
            append("most", Double(entry.most), to: &writer)
            writer.append("}")
        }
        writer.append("]")
    }

    private func append(usageOf input: Int, to writer: inout ByteWriter) {
        writer.append(",\"usage\":[" as StaticString)
        for (place, model) in usage.models.enumerated() {
            let counts = model.inputs[input]
            writer.append(place > 0 ? ",{\"model\":" : "{\"model\":")
            writer.append(quoted: model.model)
            append("computed", Double(model.events), to: &writer)
            append("present", Double(counts.present), to: &writer)
            append("weighed", Double(counts.weighed), to: &writer)
            append("share", model.share(of: input), to: &writer)
            append("moved", counts.moved, to: &writer)
            append("topReasons", Double(counts.topReasons), to: &writer)
            append("crossings", Double(counts.crossings), to: &writer)
            if let first = counts.firstUseMillis, let last = counts.lastUseMillis {
                append("firstUse", Double(first), to: &writer)
                append("lastUse", Double(last), to: &writer)
            }
            writer.append("}")
        }
        writer.append("]")
    }

    private func append(readsOf feature: Int, to writer: inout ByteWriter) {
        let readers = usage.reads.readers(of: feature)
        guard !readers.isEmpty else { return }
        writer.append(",\"reads\":[" as StaticString)
        for (place, reader) in readers.enumerated() {
            writer.append(place > 0 ? ",{\"consumer\":" : "{\"consumer\":")
            writer.append(quoted: reader.consumer)
            append("reads", Double(reader.counts.reads), to: &writer)
            append("first", Double(reader.counts.firstMillis), to: &writer)
            append("last", Double(reader.counts.lastMillis), to: &writer)
            writer.append("}")
        }
        writer.append("]")
    }

    private func append(_ name: String, _ number: Double, to writer: inout ByteWriter) {
        writer.append(",\"\(name)\":")
        writer.append(number: number)
    }
}
