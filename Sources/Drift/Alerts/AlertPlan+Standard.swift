extension AlertPlan {
    /// What is watched where a project does not say: broken fields, scores far from what they were
    /// and rejected records page; drift, traffic, labels that stay away and a loss that rises are
    /// tickets.
    ///
    /// - Parameter maturityMillis: how long labels are waited for; nil without labels.
    public static func standard(maturityMillis: Int64? = nil) -> AlertPlan {
        var rejects = AlertRule(name: "rejects", signal: .rejects, .above, 0.01, severity: .page)
        rejects.clear = 0.005
        rejects.smoothing = 5
        var rules = [
            AlertRule(name: "broken-field", signal: .anomaly, .above, 0, severity: .page),
            // A model that learns moves its own scores: only a multiple of the threshold pages.
            AlertRule(name: "scores-break", signal: .scores, .above, 3, severity: .page),
            rejects,
            AlertRule(name: "scores-drift", signal: .scores, .above, 1, severity: .ticket),
            AlertRule(name: "feature-drifts", signal: .drift, .above, 1, severity: .ticket),
            AlertRule(name: "traffic-high", signal: .traffic, .above, 1.6, severity: .ticket),
            AlertRule(name: "traffic-low", signal: .traffic, .below, 0.5, severity: .ticket),
            AlertRule(
                name: "loss-rises", signal: .quality(.lossChange), .above, 0, severity: .ticket),
        ]
        if let maturityMillis {
            rules.append(
                AlertRule(
                    name: "labels-late", signal: .labelAge, .above, 1.05 * Double(maturityMillis),
                    severity: .ticket))
        }
        return AlertPlan(rules: rules)
    }
}
