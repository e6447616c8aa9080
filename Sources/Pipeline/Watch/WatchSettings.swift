public import Drift

/// What windows of event time are compared with, and who is told of what is found.
public struct WatchSettings: Sendable {
    public var windows: WindowPlan
    public var policy: DriftPolicy
    public var alerts: AlertPlan
    public var links: AlertLinks

    public init(
        _ windows: WindowPlan, policy: DriftPolicy = DriftPolicy(),
        alerts: AlertPlan = AlertPlan(), links: AlertLinks
    ) {
        self.windows = windows
        self.policy = policy
        self.alerts = alerts
        self.links = links
    }

    /// Windows that tumble, compared with the span before.
    public init(
        windowMillis: Int64, baselineMillis: Int64, policy: DriftPolicy = DriftPolicy(),
        alerts: AlertPlan = AlertPlan(), links: AlertLinks
    ) {
        self.init(
            WindowPlan(
                windowMillis: windowMillis, baseline: .preceding(spanMillis: baselineMillis)),
            policy: policy, alerts: alerts, links: links)
    }
}
