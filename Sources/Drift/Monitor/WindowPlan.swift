/// Which events windows are compared with.
public enum BaselineSource: Equatable, Sendable {
    /// The span before, taken over as a whole once a span is complete.
    case preceding(spanMillis: Int64)
    /// As much of the past that lies at a distance: what began `agoMillis` before the window did,
    /// such as the same hour a week ago. Moves along with the window.
    case past(spanMillis: Int64, agoMillis: Int64)
    /// A period of event time, for ever; nothing is compared until it is over.
    case period(Range<Int64>)
    /// The examples that the model which scores was trained on, as its artifact tells of them.
    case training

    /// How much event time it is over; nil where the model knows.
    public var spanMillis: Int64? {
        switch self {
        case .preceding(let span), .past(let span, _): span
        case .period(let period): period.upperBound - period.lowerBound
        case .training: nil
        }
    }
}

/// Which stretches of event time are compared, and with what.
public struct WindowPlan: Equatable, Sendable {
    /// Length of a window.
    public var windowMillis: Int64
    /// From the beginning of a window to that of the next: the length of the tumbling panes that a
    /// window is made of. As long as the window, windows tumble.
    public var slideMillis: Int64
    public var baseline: BaselineSource

    /// - Parameter slideMillis: nil for windows that tumble.
    public init(windowMillis: Int64, slideMillis: Int64? = nil, baseline: BaselineSource) {
        self.windowMillis = windowMillis
        self.slideMillis = slideMillis ?? windowMillis
        self.baseline = baseline
    }

    /// Panes of a window.
    public var panes: Int64 { windowMillis / slideMillis }

    private static let dayMillis: Int64 = 86_400_000

    /// Whether a window and its baseline have the same hours of the day, so that their events may
    /// be counted against each other.
    var comparesTraffic: Bool {
        if case .past(_, let ago) = baseline, ago % Self.dayMillis == 0 { return true }
        return windowMillis >= Self.dayMillis
    }

    /// Panes of a window, and panes of the past that are kept, at most: about 10 kB a feature each.
    public static let panesMax: Int64 = 400
    /// Panes of a past baseline at most: they are merged anew for every window.
    public static let pastPanesMax: Int64 = 48

    /// Summaries that a monitor keeps of a feature: its baseline in two forms, what fills the next
    /// one and what is kept out of it, panes of a sliding window, and of a past that is kept.
    public var summariesPerFeature: Int {
        switch baseline {
        case .preceding, .period: 4 + Int(panes)
        case .past(let span, let ago): 4 + Int(panes) + Int((ago + span) / slideMillis)
        case .training: 1 + Int(panes)
        }
    }

    /// What is wrong with it, in words; nil if nothing is.
    public var fault: String? {
        guard slideMillis > 0, windowMillis >= slideMillis, windowMillis % slideMillis == 0 else {
            return "a window that is no multiple of `slide`"
        }
        guard panes <= Self.panesMax else { return "a window of \(panes) panes" }
        guard baseline.spanMillis ?? .max >= windowMillis else {
            return "a baseline shorter than a window"
        }
        guard case .past(let span, let ago) = baseline else { return nil }
        guard ago >= span else { return "a past baseline that reaches into the window" }
        guard span / slideMillis <= Self.pastPanesMax, ago / slideMillis <= Self.panesMax else {
            return "a past baseline of \(span / slideMillis) panes, \(ago / slideMillis) ago"
        }
        return nil
    }
}
