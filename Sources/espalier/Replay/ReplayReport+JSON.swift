internal import JSON
internal import Pipeline
internal import Training

extension ReplayReport {
    /// The report for scripts.
    var json: JSONValue {
        .object([
            "project": .string(project), "events": Self.count(status.counts.events),
            "seconds": .number(seconds), "events_per_second": .number(eventsPerSecond),
            "from": startMillis.map { .integer($0) } ?? .null,
            "to": status.clock.map { .integer($0) } ?? .null, "labels": labels,
            "rejected": .object(rejected), "limits": limits.document, "quality": measured,
            "model": model, "alerts": alerts?.json ?? .null,
        ])
    }

    private static func count(_ value: some BinaryInteger) -> JSONValue {
        .integer(Int64(clamping: value))
    }

    private var labels: JSONValue {
        .object([
            "joined": Self.count(status.labels.joined),
            "matured": Self.count(status.counts.matured), "late": Self.count(status.labels.late),
            "duplicates": Self.count(status.labels.duplicates),
            "orphans": Self.count(status.labels.orphans + unusedLabels),
            "evicted": Self.count(status.labels.evicted), "pending": Self.count(status.pending),
        ])
    }

    private var rejected: JSONObject {
        var object: JSONObject = [:]
        for (reason, count) in rejections { object[reason] = Self.count(count) }
        return object
    }

    private var measured: JSONValue {
        var object: JSONObject = [
            "examples": Self.count(quality.count), "unlearned": Self.count(quality.unlearnedCount),
        ]
        if quality.ranks { object["positives"] = Self.count(quality.positiveCount) }
        for (name, value) in quality.measures { object[name] = .optional(value) }
        guard quality.ranks else { return .object(object) }
        object["calibration"] = .array(
            quality.calibration.map { bin in
                .object([
                    "count": Self.count(bin.count), "mean_score": .number(bin.meanScore),
                    "mean_label": .number(bin.meanLabel),
                ])
            })
        return .object(object)
    }

    private var model: JSONValue {
        .object([
            "version": .string(status.modelVersion), "features": Self.count(inputCount),
            "non_zero": Self.count(status.nonZeroCount), "learned": Self.count(status.learned),
            "weights": .array(
                weights.prefix(Self.weightsShownMax).map { name, weight, nonZeroCount in
                    .object([
                        "feature": .string(name), "weight": .number(weight),
                        "non_zero": Self.count(nonZeroCount),
                    ])
                }),
        ])
    }
}
