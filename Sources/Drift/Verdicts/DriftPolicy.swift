/// From what on a difference is drift.
public struct DriftPolicy: Equatable, Sendable {
    /// The effect that matters, by measure; a measure without one is reported and never decides.
    public var thresholds: [DriftMeasure: Double] = DriftPolicy.defaultThresholds
    /// Events, or for quality labels, that window and baseline must have; with fewer nothing is
    /// said.
    public var eventsMin = 200.0
    /// The share of false ones among the differences called significant (Benjamini and Hochberg
    /// 1995), 0…1.
    public var falseDiscoveryRate = 0.01
    /// Shares of equal weight that numbers are binned into.
    public var bins = 10
    /// Changes that are meant, by feature: the event time from which on it is as it will be,
    /// milliseconds since the Unix epoch. Neither the feature nor what past events make of its
    /// fields is compared with a baseline that begins before.
    public var accepted: [String: Int64] = [:]

    public init() {}

    /// Effects that are worth a person's time whatever the field: a fifth of the mass moved, half
    /// a standard deviation, one event in twenty missing.
    public static let defaultThresholds: [DriftMeasure: Double] = [
        .kolmogorovSmirnov: 0.2, .wasserstein: 0.5, .populationStability: 0.25,
        .largestChange: 0.1, .meanShift: 0.5, .missing: 0.05, .zero: 0.2, .nonFinite: 0.01,
        .unseen: 0.05, .distinct: 1, .rocArea: 0.05, .logLoss: 0.2, .calibration: 0.5,
    ]
}
