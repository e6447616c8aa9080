/// How soon someone must come.
public enum Severity: String, CaseIterable, Comparable, Sendable {
    /// In working hours.
    case ticket
    /// Now.
    case page

    public static func < (a: Severity, b: Severity) -> Bool { a == .ticket && b == .page }
}

/// When a signal's readings are an alert.
public struct AlertRule: Equatable, Sendable {
    /// On which side of the threshold trouble lies.
    public enum Side: String, CaseIterable, Sendable {
        case above, below
    }

    public var name: String
    public var signal: Signal
    /// Features it is about; nil for all.
    public var features: Set<String>?
    public var side: Side
    public var threshold: Double
    /// The reading back at which, on the good side, trouble is over (hysteresis).
    public var clear: Double
    /// How long trouble must last before it is an alert, milliseconds.
    public var forMillis: Int64 = 0
    /// How long it must be over before the alert is resolved, milliseconds.
    public var clearForMillis: Int64 = 0
    /// Readings that an exponentially weighted mean looks back on; 1 takes each as it is.
    public var smoothing = 1.0
    public var severity: Severity

    public init(
        name: String, signal: Signal, _ side: Side, _ threshold: Double, severity: Severity
    ) {
        self.name = name
        self.signal = signal
        self.side = side
        self.threshold = threshold
        self.severity = severity
        clear = threshold
    }

    func covers(_ reading: Reading) -> Bool {
        reading.signal == signal
            && (features.map { $0.contains(reading.subject) } ?? true)
    }

    func isTrouble(_ value: Double) -> Bool {
        side == .above ? value > threshold : value < threshold
    }

    func isClear(_ value: Double) -> Bool { side == .above ? value <= clear : value >= clear }
}

/// One value of a signal at one time.
public struct Reading: Equatable, Sendable {
    public var signal: Signal
    /// The feature; empty for a signal of the whole stream.
    public var subject: String
    /// Not a number while nothing can be known: what fires goes on.
    public var value: Double
    /// What the value was before, or should be.
    public var baseline: Double?
    /// The span of event time that it is about, milliseconds.
    public var window: Range<Int64>?
    /// Most probably the reason, in words.
    public var cause: String?
    /// Set lower where the matter is, for this subject, no more than that: masked drift.
    public var severityMax = Severity.page

    public init(_ signal: Signal, subject: String = "", _ value: Double) {
        self.signal = signal
        self.subject = subject
        self.value = value
    }
}
