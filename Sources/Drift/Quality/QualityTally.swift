internal import Glibc
internal import Sketches

/// Predictions with their labels, summed up so that spans of them can be compared: mergeable, in
/// constant memory.
///
/// Losses are exact. Scores that are probabilities are counted in bins of a sixteenth of their log
/// odds, so the area under the ROC curve is that of the scores rounded to their bins. 4 kB.
public struct QualityTally: Equatable, Sendable {
    /// Of all predictions.
    private(set) var losses = Moments()
    /// By bin, ascending in score; empty until a probability came.
    var negatives: [UInt32] = []
    var positives: [UInt32] = []
    /// Σ of the probabilities: the positives that they promise.
    private(set) var promised = 0.0

    /// Log odds beyond ±16, probabilities of 1e-7, are in the outermost bins.
    static let logOddsMax = 16.0
    static let bins = 512

    public init() {}

    /// Takes in a prediction's loss; what is not finite is ignored.
    public mutating func add(loss: Double) {
        if loss.isFinite { losses.insert(loss) }
    }

    /// Takes in a probability and its label, both 0…1; anything else is ignored. A label above a
    /// half is a positive.
    public mutating func add(score: Double, label: Double) {
        guard (0...1).contains(score), (0...1).contains(label) else { return }
        if positives.isEmpty {
            negatives = Array(repeating: 0, count: Self.bins)
            positives = negatives
        }
        let bin = Self.bin(of: score)
        if label > 0.5 {
            Self.add(1, to: &positives[bin])
        } else {
            Self.add(1, to: &negatives[bin])
        }
        promised += score
    }

    /// Counts stay at the most that they can tell.
    private static func add(_ count: UInt32, to sum: inout UInt32) {
        let (total, isOver) = sum.addingReportingOverflow(count)
        sum = isOver ? .max : total
    }

    static func bin(of score: Double) -> Int {
        let logOdds = log(score) - log1p(-score)
        let place = (logOdds + logOddsMax) * (Double(bins) / (2 * logOddsMax))
        return Int(min(Double(bins - 1), max(0, place)))
    }

    /// Takes in the predictions that the other has seen. O(bins).
    public mutating func merge(_ other: QualityTally) {
        losses.merge(other.losses)
        promised += other.promised
        guard !other.positives.isEmpty else { return }
        guard !positives.isEmpty else {
            (negatives, positives) = (other.negatives, other.positives)
            return
        }
        for bin in positives.indices {
            Self.add(other.negatives[bin], to: &negatives[bin])
            Self.add(other.positives[bin], to: &positives[bin])
        }
    }

    public var isEmpty: Bool { losses.isEmpty && positives.isEmpty }

    /// Predictions whose labels came.
    public var count: Double { Double(losses.count) }

    /// Those of each kind.
    public var positiveCount: Double { positives.reduce(0) { $0 + Double($1) } }
    public var negativeCount: Double { negatives.reduce(0) { $0 + Double($1) } }

    init(
        losses: Moments, negatives: [UInt32], positives: [UInt32], promised: Double
    ) {
        self.losses = losses
        self.negatives = negatives
        self.positives = positives
        self.promised = promised
    }
}

/// A measure of predictions, and the variance that chance gives it.
public struct Estimate: Equatable, Sendable {
    public var value: Double
    public var variance: Double

    public init(_ value: Double, variance: Double) {
        self.value = value
        self.variance = variance
    }
}

extension QualityTally {
    /// Positives and negatives that a measure of both must have: with fewer its error is not
    /// normal.
    public static let classMin = 10.0

    /// The area under the ROC curve, ties counting half, and its variance by placements (DeLong,
    /// DeLong, Clarke-Pearson 1988); nil with fewer than `classMin` of either kind. O(bins).
    public var rocArea: Estimate? {
        let (p, n) = (positiveCount, negativeCount)
        guard min(p, n) >= Self.classMin else { return nil }
        var area = 0.0
        var negativesBelow = 0.0
        for bin in positives.indices {
            let here = Double(negatives[bin])
            area += Double(positives[bin]) * (negativesBelow + here / 2) / n
            negativesBelow += here
        }
        area /= p
        var (ofPositives, ofNegatives) = (0.0, 0.0)
        var positivesAbove = p
        negativesBelow = 0
        for bin in positives.indices {
            let (x, y) = (Double(positives[bin]), Double(negatives[bin]))
            let below = (negativesBelow + y / 2) / n - area
            let above = (positivesAbove - x / 2) / p - area
            ofPositives += x * below * below
            ofNegatives += y * above * above
            negativesBelow += y
            positivesAbove -= x
        }
        return Estimate(
            area, variance: ofPositives / (p - 1) / p + ofNegatives / (n - 1) / n)
    }

    /// The mean loss; nil for fewer than two predictions.
    public var meanLoss: Estimate? {
        guard losses.count > 1, losses.variance.isFinite else { return nil }
        return Estimate(losses.mean, variance: losses.variance / count)
    }

    /// ln(positives / the number that the scores promise), and its variance 1 / positives, as that
    /// of rare events; nil with fewer than `classMin` positives.
    public var calibration: Estimate? {
        let p = positiveCount
        guard p >= Self.classMin, promised > 0 else { return nil }
        return Estimate(log(p / promised), variance: 1 / p)
    }

    /// What quality is measured by.
    func estimate(_ measure: DriftMeasure) -> Estimate? {
        switch measure {
        case .rocArea: rocArea
        case .logLoss: meanLoss
        case .calibration: calibration
        default: nil
        }
    }
}
