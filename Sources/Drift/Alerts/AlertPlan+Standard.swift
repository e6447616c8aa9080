extension AlertPlan {
    /// What is watched where a project does not say.
    ///
    /// Pages: broken fields, scores and quality far from what they were, rejected records, a lag
    /// that lasts and predictions that come seconds late. Tickets: drift, traffic, quality that is
    /// worse than the policy takes, a loss that rises, labels and events that stay away.
    ///
    /// - Parameters:
    ///   - maturityMillis: how long labels are waited for; nil without labels.
    ///   - policy: what of quality is drift.
    public static func standard(
        maturityMillis: Int64? = nil, policy: DriftPolicy = DriftPolicy()
    ) -> AlertPlan {
        AlertPlan(
            rules: standardOfData + standardOfService + standardOfQuality(policy)
                + (maturityMillis.map { [labelsLate($0)] } ?? []))
    }

    private static var standardOfData: [AlertRule] {
        var rejects = AlertRule(name: "rejects", signal: .rejects, .above, 0.01, severity: .page)
        rejects.clear = 0.005
        rejects.smoothing = 5
        return [
            AlertRule(name: "broken-field", signal: .anomaly, .above, 0, severity: .page),
            // A model that learns moves its own scores: only a multiple of the threshold pages.
            AlertRule(name: "scores-break", signal: .scores, .above, 3, severity: .page),
            rejects,
            AlertRule(name: "scores-drift", signal: .scores, .above, 1, severity: .ticket),
            AlertRule(name: "feature-drifts", signal: .drift, .above, 1, severity: .ticket),
            AlertRule(name: "traffic-high", signal: .traffic, .above, 1.6, severity: .ticket),
            AlertRule(name: "traffic-low", signal: .traffic, .below, 0.5, severity: .ticket),
        ]
    }

    private static let minute: Int64 = 60_000

    /// Waits are long enough for a restart to catch up, and for a producer's pause.
    private static var standardOfService: [AlertRule] {
        var lags = AlertRule(name: "lag", signal: .lag, .above, 10_000, severity: .ticket)
        (lags.clear, lags.forMillis) = (1_000, 15 * minute)
        var behind = AlertRule(name: "falls-behind", signal: .lag, .above, 100_000, severity: .page)
        (behind.clear, behind.forMillis) = (10_000, 15 * minute)
        var slow = AlertRule(
            name: "predictions-slow", signal: .latency, .above, 1_000, severity: .ticket)
        (slow.clear, slow.forMillis) = (500, 10 * minute)
        var late = AlertRule(
            name: "predictions-late", signal: .latency, .above, 10_000, severity: .page)
        (late.clear, late.forMillis) = (5_000, 10 * minute)
        var stale = AlertRule(
            name: "no-events", signal: .staleness, .above, Double(60 * minute), severity: .ticket)
        (stale.clear, stale.forMillis) = (Double(10 * minute), 5 * minute)
        return [lags, behind, slow, late, stale]
    }

    private static func standardOfQuality(_ policy: DriftPolicy) -> [AlertRule] {
        let names: [(DriftMeasure, String)] = [
            (.rocArea, "ranks-worse"), (.logLoss, "loss-worse"), (.calibration, "calibration-off"),
        ]
        let tickets = names.compactMap { measure, name in
            policy.thresholds[measure].map {
                AlertRule(
                    name: name, signal: .qualityMeasure(measure), .above, $0, severity: .ticket)
            }
        }
        return tickets + [
            AlertRule(name: "quality-breaks", signal: .qualityDrift, .above, 3, severity: .page),
            AlertRule(
                name: "loss-rises", signal: .quality(.lossChange), .above, 0, severity: .ticket),
        ]
    }

    private static func labelsLate(_ maturityMillis: Int64) -> AlertRule {
        AlertRule(
            name: "labels-late", signal: .labelAge, .above, 1.05 * Double(maturityMillis),
            severity: .ticket)
    }
}
