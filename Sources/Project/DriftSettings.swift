public import Drift
internal import Statistics

/// What windows are compared with, and from what on a difference is drift.
public struct DriftSettings: Sendable {
    /// Length of the windows of event time that are compared, milliseconds.
    public var windowMillis: Int64 = 3_600_000
    /// Length of the span before them that they are compared with.
    public var baselineMillis: Int64 = 7 * 86_400_000
    public var policy = DriftPolicy()

    enum Key: String, CaseIterable {
        case window, baseline, events, significance, bins, thresholds
    }

    /// Every default.
    public init() {}

    /// - Parameter statistics: whose windows those of drift are among; nil where none are kept.
    init(_ node: YAMLNode, statistics: StatisticsSettings?, _ problems: inout Problems) {
        guard let section = Section<Key>(node, "drift", &problems) else { return }
        if let window = section[.window]?.duration(atLeast: 1_000, &problems) {
            windowMillis = window
            baselineMillis = max(baselineMillis, window)
        }
        checkWindows(
            of: statistics, at: section[.window]?.position ?? node.position, &problems)
        if let node = section[.baseline], let span = node.duration(atLeast: 1_000, &problems) {
            baselineMillis = span
            if span < windowMillis {
                problems.add(
                    at: node.position, found: "a baseline shorter than a window",
                    expected: "a duration of at least \(windowMillis)ms")
            }
        }
        if let events = section[.events]?.integer(in: 1...1_000_000_000, &problems) {
            policy.eventsMin = Double(events)
        }
        if let rate = section[.significance]?.number(
            "a false discovery rate above 0, to 1", where: { $0 > 0 && $0 <= 1 }, &problems)
        {
            policy.falseDiscoveryRate = rate
        }
        policy.bins = section[.bins]?.integer(in: 2...1_000, &problems) ?? policy.bins
        guard let node = section[.thresholds],
            let thresholds = Section<DriftMeasure>(node, "thresholds", &problems)
        else { return }
        for measure in thresholds.keys { read(measure, thresholds[measure], &problems) }
    }

    /// Windows are those of the statistics, so they must nest with the others.
    func checkWindows(
        of statistics: StatisticsSettings?, at position: Position, _ problems: inout Problems
    ) {
        guard let statistics, (try? statistics.including(windowMillis: windowMillis)) == nil
        else { return }
        let windows = statistics.windowsMillis.map { "\($0 / 1_000)s" }
        problems.add(
            at: position,
            found: "windows of \(windowMillis / 1_000)s beside statistics over "
                + windows.joined(separator: ", "),
            expected: "a `window` in `drift` of which these are multiples or parts")
    }

    /// A number above 0, or nothing for a measure that is not to decide.
    private mutating func read(
        _ measure: DriftMeasure, _ node: YAMLNode?, _ problems: inout Problems
    ) {
        guard let node else { return }
        if node.meaning == .nothing {
            policy.thresholds[measure] = nil
        } else if let limit = node.number(
            "a number above 0, or nothing", where: { $0 > 0 }, &problems)
        {
            policy.thresholds[measure] = limit
        }
    }
}
