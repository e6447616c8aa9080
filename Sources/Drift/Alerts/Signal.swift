/// What a rule watches. Its name in project files and messages is `drift.psi`, `quality.auc`.
public enum Signal: Hashable, Sendable {
    /// A feature's largest effect over its threshold; 0 while the report says that it does not
    /// drift.
    case drift
    /// One measure of a feature's drift; 0 while it is not distinguishable or not significant.
    case measure(DriftMeasure)
    /// As `drift` and `measure`, of the scores.
    case scores
    case scoresMeasure(DriftMeasure)
    /// 1 when a detector saw the mean score move, either way.
    case scoresChange
    /// A named change of a field (`Anomaly`); the value is 1 while it lasts.
    case anomaly
    /// As `drift` and `measure`, of the quality that labels tell of.
    case qualityDrift
    case qualityMeasure(DriftMeasure)
    case quality(Quality)
    /// The 99th percentile from reading a record to the acknowledgement of its prediction,
    /// milliseconds.
    case latency
    /// Records between the end of the topics and what is scored.
    case lag
    /// The share of records turned away, 0…1.
    case rejects
    /// Weights that are not zero.
    case sparsity
    /// Milliseconds since the newest event.
    case staleness
    /// Nanoseconds of processor time an event.
    case cost
    /// Events of a window over the mean of the baseline's windows.
    case traffic
    /// Milliseconds of event time from the newest event that has its label to the newest event.
    case labelAge

    /// A measure of how good predictions are.
    public enum Quality: String, CaseIterable, Sendable {
        /// Against labels.
        case rocArea = "auc"
        case logLoss = "logloss"
        case calibration = "ece"
        /// From scores alone (`ExpectedQuality`).
        case expectedRocArea = "expected-auc"
        case expectedLogLoss = "expected-logloss"
        /// Against labels, beside what the same scores promised (`JudgedQuality`).
        case rocAreaShortfall = "auc-shortfall"
        case logLossExcess = "logloss-excess"
        /// 1 when a detector saw the mean loss rise.
        case lossChange = "loss-change"
    }

    /// All there are.
    public static let all: [Signal] =
        DriftMeasure.ofValues.map { .measure($0) }
        + DriftMeasure.ofValues.map { .scoresMeasure($0) }
        + DriftMeasure.ofQuality.map { .qualityMeasure($0) }
        + Quality.allCases.map { .quality($0) }
        + [
            .drift, .scores, .scoresChange, .anomaly, .qualityDrift, .latency, .lag, .rejects,
            .sparsity, .staleness, .cost, .traffic, .labelAge,
        ]

    public var name: String {
        switch self {
        case .drift: "drift"
        case .measure(let measure): "drift.\(measure.rawValue)"
        case .scores: "scores"
        case .scoresMeasure(let measure): "scores.\(measure.rawValue)"
        case .scoresChange: "scores.change"
        case .qualityDrift: "quality"
        case .qualityMeasure(let measure): "quality.\(measure.rawValue)-drift"
        case .quality(let quality): "quality.\(quality.rawValue)"
        case .anomaly: "anomaly"
        case .latency: "latency"
        case .lag: "lag"
        case .rejects: "rejects"
        case .sparsity: "sparsity"
        case .staleness: "staleness"
        case .cost: "cost"
        case .traffic: "traffic"
        case .labelAge: "label-age"
        }
    }

    private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

    /// The signal of a name; nil if there is none.
    public init?(named name: String) {
        guard let signal = Self.byName[name] else { return nil }
        self = signal
    }

    /// Whether there is a reading for each feature.
    public var isPerFeature: Bool {
        switch self {
        case .drift, .measure, .anomaly: true
        default: false
        }
    }

    /// Whether it is read when a window of event time closes, rather than all the time.
    var isOfWindows: Bool {
        switch self {
        case .drift, .measure, .scores, .scoresMeasure, .scoresChange, .anomaly, .qualityDrift,
            .qualityMeasure, .quality, .traffic:
            true
        case .latency, .lag, .rejects, .sparsity, .staleness, .cost, .labelAge: false
        }
    }

    /// What comes after a value of it in words; nothing for a share or a number without a unit.
    var unit: String {
        switch self {
        case .latency, .staleness, .labelAge: " ms"
        case .lag: " records"
        case .sparsity: " weights"
        case .cost: " ns an event"
        case .drift, .scores, .qualityDrift: " times its threshold"
        case .traffic: " times the usual number"
        default: ""
        }
    }

    /// The heading of the runbook that tells what to do.
    public var runbook: Runbook {
        switch self {
        case .drift, .measure: .drift
        case .scores, .scoresMeasure, .scoresChange: .scoreDrift
        case .anomaly: .scalingMismatch
        case .qualityDrift, .qualityMeasure, .quality: .quality
        case .latency, .cost: .latency
        case .lag, .staleness, .traffic, .labelAge: .lag
        case .rejects: .rejects
        case .sparsity: .overSparsification
        }
    }
}

/// A heading of the page `Runbooks`; the raw value is its anchor.
public enum Runbook: String, CaseIterable, Sendable {
    case drift = "Drift"
    case scoreDrift = "Drift-of-scores"
    case scalingMismatch = "Scaling-mismatch"
    case quality = "Quality"
    case latency = "Latency-and-cost"
    case lag = "Lag-and-staleness"
    case rejects = "Rejects"
    case overSparsification = "Over-sparsification"
    case errorBudget = "Error-budget"
    case rollback = "Rollback"
}
