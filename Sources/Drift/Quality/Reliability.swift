/// What was said against what came true, in bins of equal width over the scores 0…1: mergeable, in
/// constant memory, so it lives on a stream.
public struct Reliability: Equatable, Sendable {
    /// The predictions of one bin.
    public struct Bin: Equatable, Sendable {
        public var count = 0.0
        public var scoreSum = 0.0
        public var labelSum = 0.0

        /// The mean score; nil for an empty bin.
        public var meanScore: Double? { count > 0 ? scoreSum / count : nil }
    }

    public internal(set) var bins: [Bin]

    public init(bins: Int = 10) {
        precondition(bins > 0, "\(bins) bins")
        self.bins = Array(repeating: Bin(), count: bins)
    }

    /// Takes a prediction and its label, both 0…1; anything else is ignored.
    public mutating func add(score: Double, label: Double, weight: Double = 1) {
        guard (0...1).contains(score), (0...1).contains(label), weight > 0, weight.isFinite else {
            return
        }
        let bin = min(bins.count - 1, Int(score * Double(bins.count)))
        bins[bin].count += weight
        bins[bin].scoreSum += weight * score
        bins[bin].labelSum += weight * label
    }

    /// - Precondition: the same number of bins.
    public mutating func merge(_ other: Reliability) {
        precondition(bins.count == other.bins.count, "\(bins.count) against \(other.bins.count)")
        for bin in bins.indices {
            bins[bin].count += other.bins[bin].count
            bins[bin].scoreSum += other.bins[bin].scoreSum
            bins[bin].labelSum += other.bins[bin].labelSum
        }
    }

    /// Predictions with their weights.
    public var count: Double { bins.reduce(0) { $0 + $1.count } }

    /// Expected calibration error: Σ (n_b / n) |share of positives - mean score| (Naeini, Cooper,
    /// Hauskrecht 2015), 0…1; nil without predictions.
    public var calibrationError: Double? {
        let total = count
        guard total > 0 else { return nil }
        return bins.reduce(0) { $0 + abs($1.labelSum - $1.scoreSum) } / total
    }
}
