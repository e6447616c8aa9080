internal import Bytes
internal import Drift
internal import JSON
internal import Statistics
internal import Training

/// The model of a window and how well it did, as that stood when the window closed.
struct WindowModel: Sendable {
    let links: AlertLinks
    let version: String
    /// What each numeric input moves the margin by; nil for a model without weights.
    let weights: [String: FeatureWeight]?
    /// Of what is known without the window's scores.
    let quality: QualityReport
    /// The newest predictions whose labels have come; nil for scores that promise nothing.
    let judged: ScoredLabels?
    /// Predictions whose labels came since the last window.
    let judgedSince: QualityTally

    /// Nil while there is no baseline.
    func findings(
        of outcome: DriftMonitor<FeatureSummary>.Outcome
    ) -> WindowFindings? {
        guard var report = outcome.report else { return nil }
        if let weights { report.weigh(by: weights) }
        report.quality = quality(of: outcome)
        var subject = DriftSubject(
            project: links.project, model: version, baseline: outcome.baseline,
            window: outcome.window)
        subject.partition = links.partition
        var message = ByteWriter()
        report.json(of: subject).write(to: &message)
        return WindowFindings(
            window: outcome.window, message: message.copy(),
            readings: report.readings(window: outcome.window) + traffic(outcome))
    }

    /// What the scores of a window promise, and what labels say of earlier promises.
    private func quality(of outcome: DriftMonitor<FeatureSummary>.Outcome) -> QualityReport {
        guard let judged else { return quality }
        var quality = quality
        quality.expected = (outcome.scores?.profile.distribution).flatMap {
            ExpectedQuality(scores: $0)
        }
        quality.judged = ExpectedQuality(scores: Distribution(exactly: judged.scores)).map {
            JudgedQuality(
                count: judged.count, rocArea: judged.rocArea, logLoss: judged.logLoss,
                expected: $0)
        }
        return quality
    }

    /// How many events came.
    private func traffic(_ outcome: DriftMonitor<FeatureSummary>.Outcome) -> [Reading] {
        guard let traffic = outcome.traffic else { return [] }
        var reading = Reading(.traffic, traffic)
        reading.baseline = 1
        reading.window = outcome.window
        return [reading]
    }
}
