public import JSON

/// What a report is of: the head of a drift message.
public struct DriftSubject: Sendable {
    public var project: String
    /// The version that scores; nil without a model.
    public var model: String?
    /// The partition whose task tells, where each has one of its own.
    public var partition: Int?
    /// Spans of event time, milliseconds; nil where the events have no time.
    public var baseline: Range<Int64>?
    public var window: Range<Int64>?

    public init(
        project: String, model: String? = nil, baseline: Range<Int64>? = nil,
        window: Range<Int64>? = nil
    ) {
        self.project = project
        self.model = model
        self.baseline = baseline
        self.window = window
    }

    static func span(_ span: Range<Int64>?) -> JSONValue {
        guard let span else { return .null }
        return .object(["from": .integer(span.lowerBound), "to": .integer(span.upperBound)])
    }
}

extension DriftReport {
    /// Features that one message lists at most; the worst ones.
    public static let messageFeaturesMax = 200

    /// The message of `schemas/drift.schema.json`.
    ///
    /// - Parameter all: every feature, not only those that drift.
    public func json(of subject: DriftSubject, all: Bool = false) -> JSONValue {
        let shown = all ? features : Array(drifting.prefix(Self.messageFeaturesMax))
        var counts: JSONObject = ["features": .integer(Int64(features.count))]
        counts["judged"] = .integer(Int64(judgedCount))
        for name in ["drift", "slight", "not-distinguishable", "too-few-events"] {
            let count = features.count { $0.verdict.name == name }
            counts[name] = .integer(Int64(count))
        }
        var object: JSONObject = [
            "project": .string(subject.project),
            "model": subject.model.map { .string($0) } ?? .null,
            "partition": subject.partition.map { .integer(Int64($0)) } ?? .null,
            "baseline": DriftSubject.span(subject.baseline),
            "window": DriftSubject.span(subject.window), "counts": .object(counts),
            "features": .array(shown.map(\.json)),
        ]
        if let scores { object["scores"] = scores.json }
        if let qualityDrift { object["quality_drift"] = qualityDrift.json }
        if let quality { object["quality"] = quality.json(promisesHold: promisesHold) }
        if let explanation {
            object["explained"] = .number(explanation.explained)
        }
        return .object(object)
    }
}

extension FeatureComparison {
    /// Every measure by its name.
    fileprivate var json: JSONValue {
        var measures: JSONObject = [:]
        for finding in findings {
            var measure: JSONObject = ["value": .finite(finding.measured.value)]
            if finding.measured.resolution > 0 {
                measure["resolution"] = .finite(finding.measured.resolution)
            }
            if finding.measured.atLeast > 0 {
                measure["at_least"] = .finite(finding.measured.atLeast)
            }
            if let probability = finding.probability { measure["p"] = .finite(probability) }
            measures[finding.measure.rawValue] = .object(measure)
        }
        return .object(measures)
    }
}

extension DriftVerdict {
    /// The measures over their thresholds; nil without drift.
    fileprivate var json: JSONValue? {
        guard case .drift(let excesses) = self else { return nil }
        return .array(
            excesses.map {
                .object([
                    "measure": .string($0.measure.rawValue), "value": .finite($0.value),
                    "threshold": .finite($0.threshold),
                ])
            })
    }
}

extension QualityDrift {
    var json: JSONValue {
        func pair(_ value: (QualityTally) -> Double?) -> JSONValue {
            .object([
                "baseline": value(baseline).map { .finite($0) } ?? .null,
                "window": value(window).map { .finite($0) } ?? .null,
            ])
        }
        var object: JSONObject = [
            "verdict": .string(verdict.name), "measures": comparison.json,
            "labels": pair { $0.count }, "positives": pair { $0.positiveCount },
            "promised": pair { $0.promised }, "auc": pair { $0.rocArea?.value },
            "logloss": pair { $0.meanLoss?.value },
        ]
        if let exceeds = verdict.json { object["exceeds"] = exceeds }
        if let cause { object["cause"] = .string(cause) }
        return .object(object)
    }
}

extension DriftReport.Feature {
    var json: JSONValue {
        var object: JSONObject = [
            "feature": .string(name), "verdict": .string(verdict.name),
            "masked": .bool(isMasked), "measures": comparison.json,
        ]
        if let exceeds = verdict.json { object["exceeds"] = exceeds }
        if let contribution { object["contribution"] = .finite(contribution.change) }
        if !anomalies.isEmpty {
            object["anomalies"] = .array(anomalies.map { .string($0.name) })
        }
        if let follows { object["follows"] = .string(follows) }
        if isFilling { object["filling"] = .bool(true) }
        if let cause { object["cause"] = .string(cause) }
        object["events"] = .object([
            "baseline": .finite(baseline.events), "window": .finite(window.events),
        ])
        object["mean"] = .object([
            "baseline": .finite(baseline.mean), "window": .finite(window.mean),
        ])
        return .object(object)
    }
}

extension JSONValue {
    /// Null for what is not finite.
    static func finite(_ value: Double) -> JSONValue { value.isFinite ? .number(value) : .null }
}

extension Anomaly {
    /// What it means, in words.
    public var sentence: String {
        func percent(_ share: Double) -> String { "\(Int((share * 100).rounded())) %" }
        return switch self {
        case .unitChange(let factor):
            factor >= 1
                ? "every value is \(plain(factor)) times what it was"
                : "every value is 1/\(plain(1 / factor)) of what it was"
        case .signFlip: "every value has changed its sign"
        case .constant(let value): "every value is \(plain(value))"
        case .suddenNull(let share): "\(percent(share)) of the events have no finite value"
        case .newCategory(let name, let share):
            "`\(name)`, never seen before, is \(percent(share)) of the events"
        case .swapped(let other): "the values are those of `\(other)`"
        case .timeZoneShift(let hours):
            "hours of the day are moved by \(hours > 0 ? "+" : "")\(hours)"
        }
    }

    private func plain(_ value: Double) -> String {
        let near = (value * 1e6).rounded() / 1e6
        return abs(near) < 1e15 && near == near.rounded() ? "\(Int64(near))" : "\(near)"
    }
}
