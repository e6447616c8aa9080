internal import Glibc

/// What the scores of a window promise about its quality before any label has come, if they are
/// calibrated probabilities: confidence-based performance estimation (CBPE, NannyML 2022).
public struct ExpectedQuality: Equatable, Sendable {
    /// The area under the ROC curve of positives expected p and negatives expected 1 - p at each
    /// score p; nil where one kind is not expected at all.
    public let rocArea: Double?
    /// Mean of -p ln p - (1-p) ln(1-p).
    public let logLoss: Double
    /// Mean of p (1 - p).
    public let brier: Double
    /// The share of positives.
    public let prevalence: Double

    /// - Parameter scores: probabilities; what lies outside 0…1 counts as the nearer end.
    ///
    /// Nil for no scores. O(n).
    public init?(scores: Distribution) {
        guard !scores.isEmpty else { return nil }
        var positives = 0.0
        var negatives = 0.0
        /// Pairs of an expected positive above an expected negative; ties count half.
        var pairs = 0.0
        var entropy = 0.0
        var variance = 0.0
        for place in scores.values.indices {
            let p = min(1, max(0, scores.values[place]))
            let weight = scores.weight(at: place)
            pairs += weight * p * (negatives + weight * (1 - p) / 2)
            positives += weight * p
            negatives += weight * (1 - p)
            entropy -= weight * (Self.product(p) + Self.product(1 - p))
            variance += weight * p * (1 - p)
        }
        rocArea = positives > 0 && negatives > 0 ? pairs / (positives * negatives) : nil
        logLoss = entropy / scores.weight
        brier = variance / scores.weight
        prevalence = positives / scores.weight
    }

    /// p ln p, 0 at 0.
    private static func product(_ p: Double) -> Double { p > 0 ? p * log(p) : 0 }
}
