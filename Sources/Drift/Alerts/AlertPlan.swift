/// Everything that says who is told of what, and when not.
public struct AlertPlan: Sendable {
    public var rules: [AlertRule]
    public var objectives: [Objective]
    /// The first that matches gets the alert; without one it is only published.
    public var routes: [AlertRoute]
    public var silences: [Silence]
    public var maintenance: [MaintenanceWindow]
    public var pace = Pace()
    public var limits = Limits()

    public init(
        rules: [AlertRule] = [], objectives: [Objective] = [], routes: [AlertRoute] = [],
        silences: [Silence] = [], maintenance: [MaintenanceWindow] = []
    ) {
        self.rules = rules
        self.objectives = objectives
        self.routes = routes
        self.silences = silences
        self.maintenance = maintenance
    }

    /// How often a receiver is told, milliseconds.
    public struct Pace: Equatable, Sendable {
        /// From the first alert of a group until it is sent, so that others join it.
        public var groupWaitMillis: Int64 = 30_000
        /// Between two notifications of one group that have changed.
        public var groupIntervalMillis: Int64 = 300_000
        /// Between two that have not.
        public var repeatMillis: Int64 = 4 * 3_600_000
        /// An alert whose signal gives no reading for so long is over.
        public var staleMillis: Int64 = 24 * 3_600_000
        /// The same of signals that are read when a window closes, if that is longer.
        public var windowStaleMillis: Int64 = 0

        public init() {}

        func staleMillis(of signal: Signal) -> Int64 {
            signal.isOfWindows ? max(staleMillis, windowStaleMillis) : staleMillis
        }
    }

    /// Names that alerts may have: those of its rules, and of the burn rates of its objectives.
    public var ruleNames: [String] {
        rules.map(\.name)
            + objectives.flatMap { objective in
                objective.burns.map { AlertRule(objective, $0).name }
            }
    }

    /// What is kept at most.
    public struct Limits: Equatable, Sendable {
        /// Pairs of rule and subject that are not quiet, 300 bytes each; further ones are counted
        /// as `AlertEngine.overflowed` and not watched.
        public var trackedMax = 20_000
        /// Alerts in one notification; more of a group are told in several at once.
        public var notificationAlertsMax = 200

        public init() {}
    }
}

/// Which alerts a receiver gets.
public struct AlertRoute: Equatable, Sendable {
    public var receiver: String
    public var match: AlertMatch

    public init(receiver: String, match: AlertMatch = AlertMatch()) {
        self.receiver = receiver
        self.match = match
    }
}

/// A condition on alerts; what is nil or empty matches all.
public struct AlertMatch: Equatable, Sendable {
    public var rule: String?
    public var subject: String?
    public var severity: Severity?

    public init(rule: String? = nil, subject: String? = nil, severity: Severity? = nil) {
        self.rule = rule
        self.subject = subject
        self.severity = severity
    }

    func covers(_ alert: Alert) -> Bool {
        (rule.map { $0 == alert.identity.rule } ?? true)
            && (subject.map { $0 == alert.identity.subject } ?? true)
            && (severity.map { $0 == alert.severity } ?? true)
    }
}

/// Alerts that nobody is to be told of until a time.
public struct Silence: Equatable, Sendable {
    public var match: AlertMatch
    /// Milliseconds; from then on it does nothing.
    public var untilMillis: Int64
    public var reason: String

    public init(_ match: AlertMatch, untilMillis: Int64, reason: String) {
        self.match = match
        self.untilMillis = untilMillis
        self.reason = reason
    }
}

/// A span in which nobody is told of anything.
public struct MaintenanceWindow: Equatable, Sendable {
    /// Milliseconds.
    public var span: Range<Int64>
    public var reason: String

    public init(_ span: Range<Int64>, reason: String) {
        self.span = span
        self.reason = reason
    }
}
