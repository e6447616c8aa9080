internal import JSON

/// What the scores of a window promise, and whether the promises that labels could judge were kept.
public struct QualityReport: Equatable, Sendable {
    /// Of the window's predictions, before their labels come.
    public var expected: ExpectedQuality?
    /// The same of the baseline's predictions; nil where nobody asked.
    public var baseline: ExpectedQuality?
    /// Of the newest predictions whose labels have come; they may be older than the window.
    public var judged: JudgedQuality?
    /// Of the predictions whose labels came since the last window (`Reliability`), 0…1.
    public var calibrationError: Double?
    /// Whether detectors saw the mean loss rise, and the mean score move, since the last window;
    /// nil where none watches.
    public var lossRose: Bool?
    public var scoresMoved: Bool?

    public init(
        expected: ExpectedQuality? = nil, baseline: ExpectedQuality? = nil,
        judged: JudgedQuality? = nil, calibrationError: Double? = nil
    ) {
        self.expected = expected
        self.baseline = baseline
        self.judged = judged
        self.calibrationError = calibrationError
    }
}

/// Predictions against labels, beside what their scores alone had promised.
public struct JudgedQuality: Equatable, Sendable {
    /// Predictions with a label.
    public var count: Int
    /// The area under the ROC curve; nil where one kind of label is missing.
    public var rocArea: Double?
    /// Mean of -ln p(label).
    public var logLoss: Double?
    /// What the scores of these very predictions promised.
    public var expected: ExpectedQuality

    public init(count: Int, rocArea: Double?, logLoss: Double?, expected: ExpectedQuality) {
        self.count = count
        self.rocArea = rocArea
        self.logLoss = logLoss
        self.expected = expected
    }

    /// By how much the area is below its promise; negative where it is above.
    public var rocAreaShortfall: Double? {
        guard let rocArea, let promised = expected.rocArea else { return nil }
        return promised - rocArea
    }

    /// By how much the log loss is above its promise; negative where it is below.
    public var logLossExcess: Double? { logLoss.map { $0 - expected.logLoss } }
}

extension QualityReport {
    /// What rules may watch; what is not known gives no reading.
    ///
    /// - Parameters:
    ///   - window: the span of event time, milliseconds.
    ///   - promisesHold: whether what scores promise may be relied on.
    func readings(window: Range<Int64>?, promisesHold: Bool) -> [Reading] {
        func promise(_ value: Double?) -> Double? {
            promisesHold ? value : value.map { _ in .nan }
        }
        let values: [(Signal.Quality, Double?)] = [
            (.expectedRocArea, promise(expected?.rocArea)),
            (.expectedLogLoss, promise(expected?.logLoss)),
            (.rocArea, judged?.rocArea), (.logLoss, judged?.logLoss),
            (.rocAreaShortfall, judged?.rocAreaShortfall),
            (.logLossExcess, judged?.logLossExcess), (.calibration, calibrationError),
            (.lossChange, lossRose.map { $0 ? 1 : 0 }),
        ]
        var readings: [Reading] = []
        if let scoresMoved { readings.append(Reading(.scoresChange, scoresMoved ? 1 : 0)) }
        readings += values.compactMap { signal, value in
            value.map { Reading(.quality(signal), $0) }
        }
        for place in readings.indices { readings[place].window = window }
        return readings
    }

    /// The member `quality` of `schemas/drift.schema.json`.
    ///
    /// - Parameter promisesHold: whether what scores promise may be relied on.
    func json(promisesHold: Bool) -> JSONValue {
        var object: JSONObject = [:]
        if let expected {
            object["expected"] = expected.json
            object["reliable"] = .bool(promisesHold)
        }
        if let baseline { object["baseline"] = baseline.json }
        if let judged { object["judged"] = judged.json }
        if let calibrationError { object["ece"] = .finite(calibrationError) }
        if let lossRose { object["loss_rose"] = .bool(lossRose) }
        if let scoresMoved { object["scores_moved"] = .bool(scoresMoved) }
        return .object(object)
    }
}

extension JudgedQuality {
    var json: JSONValue {
        .object([
            "predictions": .integer(Int64(count)), "auc": rocArea.map { .finite($0) } ?? .null,
            "logloss": logLoss.map { .finite($0) } ?? .null, "expected": expected.json,
        ])
    }
}

extension ExpectedQuality {
    var json: JSONValue {
        .object([
            "auc": rocArea.map { .finite($0) } ?? .null, "logloss": .finite(logLoss),
            "brier": .finite(brier), "positives": .finite(prevalence),
        ])
    }
}
