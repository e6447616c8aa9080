internal import Model
internal import Training

/// How good the predictions of a replay were, each judged before its label was learned.
///
/// Predictions of a model without weights, before the first publication, are counted and left out:
/// they say nothing.
struct ReplayQuality {
    let loss: Loss
    let count: Int
    let positiveCount: Int
    /// Predictions made before anything was learned.
    let unlearnedCount: Int
    /// Measures by name; nil where there is nothing to measure.
    let measures: [(name: String, value: Double?)]
    /// By deciles of the score, for probabilities.
    let calibration: [CalibrationBin]

    private static let decileCount = 10

    /// Whether predictions are probabilities.
    var ranks: Bool { loss == .logistic }

    /// O(n log n).
    init(_ judged: ScoredLabels, loss: Loss, learns: Bool) {
        var kept = judged
        if learns {
            let unlearned = loss.prediction(atMargin: 0)
            kept = ScoredLabels()
            kept.reserveCapacity(judged.count)
            for index in judged.scores.indices where judged.scores[index] != unlearned {
                kept.append(score: judged.scores[index], label: judged.labels[index])
            }
        }
        self.loss = loss
        count = kept.count
        positiveCount = kept.positiveCount
        unlearnedCount = judged.count - kept.count
        guard loss == .logistic else {
            measures = [("mean_squared_error", kept.brier)]
            calibration = []
            return
        }
        measures = [
            ("auc", kept.rocArea), ("average_precision", kept.averagePrecision),
            ("log_loss", kept.logLoss), ("brier", kept.brier),
        ]
        calibration = kept.calibration(bins: Self.decileCount)
    }
}
