extension ScoredLabels {
    /// Area under the ROC curve: the chance that a positive scores above a negative, ties counting
    /// half (Mann and Whitney 1947). Nil without both a positive and a negative. O(n).
    public var rocArea: Double? { Self.rocArea(tiesFromTheTop()) }

    /// Σ (R_k - R_(k-1)) P_k over the distinct scores from the highest, R recall and P precision,
    /// without interpolation (as scikit-learn's `average_precision_score`). Nil without a positive.
    /// O(n).
    public var averagePrecision: Double? { Self.averagePrecision(tiesFromTheTop()) }

    /// Both at the cost of one.
    public var ranking: (rocArea: Double?, averagePrecision: Double?) {
        let ties = tiesFromTheTop()
        return (Self.rocArea(ties), Self.averagePrecision(ties))
    }

    private static func rocArea(_ ties: [ScoreTie]) -> Double? {
        var negativesAbove = 0.0
        var lost = 0.0
        var positives = 0.0
        for tie in ties {
            lost += tie.positives * (negativesAbove + tie.negatives / 2)
            negativesAbove += tie.negatives
            positives += tie.positives
        }
        guard positives > 0, negativesAbove > 0 else { return nil }
        return 1 - lost / (positives * negativesAbove)
    }

    private static func averagePrecision(_ ties: [ScoreTie]) -> Double? {
        var positives = 0.0
        var all = 0.0
        var area = 0.0
        for tie in ties {
            positives += tie.positives
            all += tie.positives + tie.negatives
            if tie.positives > 0 { area += tie.positives * positives / all }
        }
        return positives > 0 ? area / positives : nil
    }
}
