public import Drift

/// What windows of event time are compared with, and who is told of what is found.
public struct WatchSettings: Sendable {
    /// Length of the windows, milliseconds.
    public var windowMillis: Int64
    /// Length of the span before them.
    public var baselineMillis: Int64
    public var policy: DriftPolicy
    public var alerts: AlertPlan
    public var links: AlertLinks

    public init(
        windowMillis: Int64, baselineMillis: Int64, policy: DriftPolicy = DriftPolicy(),
        alerts: AlertPlan = AlertPlan(), links: AlertLinks
    ) {
        self.windowMillis = windowMillis
        self.baselineMillis = baselineMillis
        self.policy = policy
        self.alerts = alerts
        self.links = links
    }
}
