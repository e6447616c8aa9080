/// Every prediction judged by its label before the learner sees it (Blum, Kalai, Langford 1999):
/// the last `windowExamples` of them in detail, and totals since the beginning.
///
/// Memory: 16 bytes per example of the window. Adding is O(1) and allocates nothing; `window()`
/// copies.
public struct ProgressiveValidation: Sendable {
    public let windowExamples: Int
    /// Examples and positives since the beginning.
    public internal(set) var count = 0
    public internal(set) var positiveCount = 0
    var lossSum = 0.0
    var scores: [Double]
    var labels: [Double]

    public init(windowExamples: Int = 100_000) {
        precondition(windowExamples > 0, "a window of \(windowExamples) examples")
        self.windowExamples = windowExamples
        scores = []
        labels = []
        scores.reserveCapacity(windowExamples)
        labels.reserveCapacity(windowExamples)
    }

    /// - Parameter loss: the model's loss of this example at its margin.
    public mutating func append(score: Double, label: Double, loss: Double) {
        guard score.isFinite, label.isFinite, loss.isFinite else { return }
        if scores.count < windowExamples {
            scores.append(score)
            labels.append(label)
        } else {
            scores[count % windowExamples] = score
            labels[count % windowExamples] = label
        }
        count += 1
        positiveCount += label > 0.5 ? 1 : 0
        lossSum += loss
    }

    /// Mean loss since the beginning; nil before the first example.
    public var meanLoss: Double? { count > 0 ? lossSum / Double(count) : nil }

    /// So many of the newest examples at most, in their order. O(limit).
    public func newest(_ limit: Int) -> ScoredLabels {
        let kept = min(limit, scores.count)
        let places = (count - kept..<count).map { $0 % windowExamples }
        return ScoredLabels(scores: places.map { scores[$0] }, labels: places.map { labels[$0] })
    }

    /// The newest `windowExamples`, for the measures of `ScoredLabels`. Order is not kept.
    public func window() -> ScoredLabels { ScoredLabels(scores: scores, labels: labels) }
}
