/// A trouble that someone is told of, once, until it is over.
public struct Alert: Equatable, Sendable {
    /// What makes two reports the same alert.
    public struct Identity: Hashable, Comparable, Sendable {
        public var rule: String
        /// The feature; empty for the whole stream.
        public var subject: String
        /// The artifact that scores.
        public var model: String

        public init(rule: String, subject: String, model: String) {
            self.rule = rule
            self.subject = subject
            self.model = model
        }

        public static func < (a: Identity, b: Identity) -> Bool {
            (a.rule, a.subject, a.model) < (b.rule, b.subject, b.model)
        }
    }

    /// Whether it lasts.
    public enum State: String, Sendable {
        case firing, resolved
    }

    public var identity: Identity
    public var state: State
    public var severity: Severity
    public var signal: String
    /// What was measured last, smoothed as the rule says.
    public var value: Double
    public var threshold: Double
    public var baseline: Double?
    /// The span of event time it is about, milliseconds.
    public var window: Range<Int64>?
    public var cause: String?
    public var runbook: Runbook
    /// When the trouble began, milliseconds.
    public var startMillis: Int64
    /// When it was over; nil while it lasts.
    public var endMillis: Int64?
    /// The silence or the maintenance that keeps it from being sent.
    public var quietedBy: String?
}

/// What is to be done: the engine itself does nothing.
public enum AlertAction: Equatable, Sendable {
    /// Write the alert to the alerts topic: it began, changed its severity, or is over.
    case publish(Alert)
    /// Tell a receiver.
    case notify(AlertNotification)
}

/// Alerts for one receiver that belong together.
public struct AlertNotification: Equatable, Sendable {
    public var receiver: String
    /// The model version that all of them are about.
    public var model: String
    /// The partition whose task tells, where each has one of its own.
    public var partition: Int?
    /// By identity; those over since the last notification among them.
    public var alerts: [Alert]
    /// Unless it is told again by then, milliseconds, the receiver may take what fires for over.
    public var validUntilMillis: Int64

    /// Firing while any of them is.
    public var state: Alert.State {
        alerts.contains { $0.state == .firing } ? .firing : .resolved
    }
}
