/// A service level objective: the share of good events that is promised.
public struct Objective: Equatable, Sendable {
    /// What makes an event a bad one.
    public enum Kind: Equatable, Sendable {
        /// The record was turned away.
        case rejects
        /// Its prediction came later than so many milliseconds.
        case latency(aboveMillis: Double)
    }

    public var name: String
    public var kind: Kind
    /// The promised share of good events, 0 ..< 1.
    public var target: Double
    public var burns: [BurnRate]

    public init(
        name: String, kind: Kind, target: Double, burns: [BurnRate] = BurnRate.workbook
    ) {
        self.name = name
        self.kind = kind
        self.target = target
        self.burns = burns
    }
}

/// Events that an objective is about, since they were last counted.
public struct ObjectiveCount: Equatable, Sendable {
    /// Its place in the plan.
    public var objective: Int
    public var events: Double
    public var bad: Double

    public init(objective: Int, events: Double, bad: Double) {
        (self.objective, self.events, self.bad) = (objective, events, bad)
    }
}

/// How fast an error budget may be spent: trouble when both windows spend it at this rate, so that
/// an alert neither comes of a blip nor stays after the end.
public struct BurnRate: Equatable, Sendable {
    /// Times the rate that spends the budget exactly.
    public var factor: Double
    public var longMillis: Int64
    public var shortMillis: Int64
    public var severity: Severity

    public init(_ factor: Double, longMillis: Int64, shortMillis: Int64, _ severity: Severity) {
        self.factor = factor
        self.longMillis = longMillis
        self.shortMillis = shortMillis
        self.severity = severity
    }

    private static let minute: Int64 = 60_000
    private static let hour: Int64 = 3_600_000
    private static let day: Int64 = 86_400_000

    /// The recommended ones (Beyer et al., "The Site Reliability Workbook", 2018, chapter 5,
    /// table 5-8), and 3 × over a day.
    public static let workbook = [
        BurnRate(14.4, longMillis: hour, shortMillis: 5 * minute, .page),
        BurnRate(6, longMillis: 6 * hour, shortMillis: 30 * minute, .page),
        BurnRate(3, longMillis: day, shortMillis: 2 * hour, .ticket),
        BurnRate(1, longMillis: 3 * day, shortMillis: 6 * hour, .ticket),
    ]

    /// More than four times the rate for a quarter of an hour.
    public static let simple = [
        BurnRate(4, longMillis: 15 * minute, shortMillis: 15 * minute, .page)
    ]
}

/// Good and bad events of the last days by the minute, in 70 kB: burn rates over any span to three
/// days, O(1).
struct ErrorBudget: Sendable {
    private static let minuteMillis: Int64 = 60_000
    static let minutesMax = 3 * 24 * 60 + 1

    struct Sums: Equatable {
        var events = 0.0
        var bad = 0.0
    }

    /// All events to the end of each minute; the minute m is at m mod `minutesMax`.
    var sums = Array(repeating: Sums(), count: minutesMax)
    var newest: Int64?
    var first: Int64 = 0

    /// Time never runs back: what is older than the newest minute counts in that.
    mutating func add(events: Double, bad: Double, at now: Int64) {
        let minute = max(now / Self.minuteMillis, newest ?? .min)
        if newest == nil { first = minute }
        let last = newest ?? minute
        let total = sums[place(last)]
        // After a pause of more than the whole ring every place is written once.
        for step in 0...min(minute - last, Int64(Self.minutesMax) - 1) {
            sums[place(minute - step)] = total
        }
        newest = minute
        sums[place(minute)].events += max(0, events)
        sums[place(minute)].bad += max(0, bad)
    }

    /// The events of the span that ends now; nil while it began before the first minute.
    func sums(overMillis span: Int64) -> Sums? {
        guard let newest else { return nil }
        let minutes = min(Int64(Self.minutesMax) - 1, max(1, span / Self.minuteMillis))
        let now = sums[place(newest)]
        let start = newest - minutes
        guard start >= first - 1 else { return nil }
        let before = start < first ? Sums() : sums[place(start)]
        return Sums(events: now.events - before.events, bad: now.bad - before.bad)
    }

    func place(_ minute: Int64) -> Int {
        let count = Int64(Self.minutesMax)
        return Int(((minute % count) + count) % count)
    }
}
