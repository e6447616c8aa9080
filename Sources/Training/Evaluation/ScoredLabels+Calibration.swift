#if canImport(Glibc)
    internal import Glibc
#else
    internal import Darwin
#endif

/// A tenth of the predictions by rank: what was said, and what came true.
public struct CalibrationBin: Equatable, Sendable {
    public var count: Int
    public var meanScore: Double
    public var meanLabel: Double
}

extension ScoredLabels {
    /// Probabilities are cut to `floor…1 - floor`, so that a certain and wrong one costs a finite
    /// loss.
    static let probabilityFloor = 1e-15

    /// Mean of -log p(label), natural logarithm, scores being probabilities. Nil without weight.
    public var logLoss: Double? {
        mean { score, label in
            let p = max(Self.probabilityFloor, min(1 - Self.probabilityFloor, score))
            return -(label * log(p) + (1 - label) * log1p(-p))
        }
    }

    /// Mean of (score - label)² (Brier 1950); for a squared loss the mean squared error. Nil
    /// without weight.
    public var brier: Double? {
        mean { score, label in (score - label) * (score - label) }
    }

    /// Up to `bins` groups of equally many predictions, lowest scores first; weights are not used.
    /// O(n log n).
    public func calibration(bins: Int = 10) -> [CalibrationBin] {
        precondition(bins > 0, "\(bins) bins")
        let order = scores.indices.sorted { (scores[$0], $0) < (scores[$1], $1) }
        return (0..<bins).compactMap { bin in
            let part = order[count * bin / bins..<count * (bin + 1) / bins]
            guard !part.isEmpty else { return nil }
            let size = Double(part.count)
            return CalibrationBin(
                count: part.count, meanScore: part.reduce(0) { $0 + scores[$1] } / size,
                meanLabel: part.reduce(0) { $0 + labels[$1] } / size)
        }
    }

    private func mean(_ value: (_ score: Double, _ label: Double) -> Double) -> Double? {
        var sum = 0.0
        var total = 0.0
        for index in scores.indices {
            sum += weights[index] * value(scores[index], labels[index])
            total += weights[index]
        }
        return total > 0 ? sum / total : nil
    }
}
