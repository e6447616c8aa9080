/// Predictions beside what came true, and how well they rank. For the report of a replay, a window
/// of a running service, and tests; not for the loop: every measure sorts.
public struct ScoredLabels: Equatable, Sendable {
    public private(set) var scores: [Double] = []
    /// 1 for a positive, 0 for a negative; ranking measures take > 0.5 as positive.
    public private(set) var labels: [Double] = []
    public private(set) var weights: [Double] = []

    public init() {}

    /// - Parameter weights: nil for all equal.
    /// - Precondition: as many of each; they are as for `append`.
    public init(scores: [Double], labels: [Double], weights: [Double]? = nil) {
        let weights = weights ?? Array(repeating: 1, count: scores.count)
        precondition(scores.count == labels.count, "\(scores.count) scores, \(labels.count) labels")
        precondition(scores.count == weights.count, "\(weights.count) weights")
        assert((scores + labels + weights).allSatisfy(\.isFinite), "not finite")
        (self.scores, self.labels, self.weights) = (scores, labels, weights)
    }

    public var count: Int { scores.count }
    public var positiveCount: Int { labels.count { $0 > 0.5 } }

    /// - Precondition: score, label and weight are finite; the weight is not negative.
    public mutating func append(score: Double, label: Double, weight: Double = 1) {
        assert(score.isFinite && label.isFinite && weight >= 0, "\(score), \(label), \(weight)")
        scores.append(score)
        labels.append(label)
        weights.append(weight)
    }

    public mutating func reserveCapacity(_ capacity: Int) {
        scores.reserveCapacity(capacity)
        labels.reserveCapacity(capacity)
        weights.reserveCapacity(capacity)
    }
}

/// Positives and negatives that share one score.
struct ScoreTie {
    var positives = 0.0
    var negatives = 0.0
}

extension ScoredLabels {
    /// Groups of equal score, highest first. O(n).
    func tiesFromTheTop() -> [ScoreTie] {
        var ties: [ScoreTie] = []
        var last = Double.nan
        for place in DescendingOrder(of: scores).places {
            let index = Int(place)
            if scores[index] != last {
                ties.append(ScoreTie())
                last = scores[index]
            }
            let weight = weights[index]
            if labels[index] > 0.5 {
                ties[ties.count - 1].positives += weight
            } else {
                ties[ties.count - 1].negatives += weight
            }
        }
        return ties
    }
}
