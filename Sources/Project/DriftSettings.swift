public import Drift
internal import Bytes
internal import Statistics

/// What windows are compared with, and from what on a difference is drift.
public struct DriftSettings: Sendable {
    /// Windows of an hour that tumble, compared with the week before.
    public var windows = WindowPlan(
        windowMillis: 3_600_000, baseline: .preceding(spanMillis: weekMillis))
    /// Stretches of event time that have a name, milliseconds.
    public var periods: [String: Range<Int64>] = [:]
    public var policy = DriftPolicy()

    private static let weekMillis: Int64 = 7 * 86_400_000

    enum Key: String, CaseIterable {
        case window, slide, baseline, periods, accepted, events, significance, bins, thresholds
    }

    /// Every default.
    public init() {}

    /// - Parameters:
    ///   - features: all declared ones.
    ///   - statistics: whose windows those of drift are among; nil where none are kept.
    ///   - learns: whether the model learns here, so that there is no training data.
    init(
        _ node: YAMLNode, features: [String], statistics: StatisticsSettings?, learns: Bool,
        _ problems: inout Problems
    ) {
        guard let section = Section<Key>(node, "drift", &problems) else { return }
        readWindows(section, node, &problems)
        if learns, case .training = windows.baseline, let node = section[.baseline] {
            problems.add(
                at: node.position, found: "`baseline: training` and learning",
                expected: "a duration or a period: what learns here goes on changing, so it has no "
                    + "training data (a model that `espalier train`, or `replay --model-out`, has "
                    + "written does)")
        }
        checkWindows(
            of: statistics,
            at: (section[.slide] ?? section[.window])?.position ?? node.position, &problems)
        if let accepted = section[.accepted] { readAccepted(accepted, features, &problems) }
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

    private mutating func readWindows(
        _ section: Section<Key>, _ node: YAMLNode, _ problems: inout Problems
    ) {
        if let window = section[.window]?.duration(atLeast: 1_000, &problems) {
            windows = WindowPlan(
                windowMillis: window,
                baseline: .preceding(spanMillis: max(Self.weekMillis, window)))
        }
        if let slide = section[.slide]?.duration(atLeast: 1_000, &problems) {
            windows.slideMillis = slide
        }
        if let periods = section[.periods] { readPeriods(periods, &problems) }
        if let node = section[.baseline], let baseline = baseline(node, &problems) {
            windows.baseline = baseline
        }
        guard let fault = windows.fault else { return }
        let place = windows.windowMillis % windows.slideMillis == 0 ? section[.baseline] : nil
        problems.add(
            at: (place ?? section[.slide])?.position ?? node.position, found: fault,
            expected: Self.windowsExpectation)
    }

    private static let windowsExpectation =
        "`window` a multiple of `slide`, of \(WindowPlan.panesMax) at most; a baseline no shorter "
        + "than a window; of the past, `ago` no shorter than `span`, of "
        + "\(WindowPlan.panesMax) and \(WindowPlan.pastPanesMax) panes at most"

    private mutating func readAccepted(
        _ node: YAMLNode, _ features: [String], _ problems: inout Problems
    ) {
        guard case .map(let entries) = node.content else {
            return problems.add(
                at: node.position, found: node.description,
                expected: "features, each with the time from which on its change is meant")
        }
        for entry in entries {
            guard features.contains(entry.key) else {
                problems.add(
                    at: entry.keyPosition, found: "unknown feature `\(entry.key)`",
                    expected: "a declared feature",
                    suggestion: NearestName.of(entry.key, among: features))
                continue
            }
            policy.accepted[entry.key] = entry.value.time(&problems)
        }
    }

    enum PeriodKey: String, CaseIterable {
        case from, to
    }

    private mutating func readPeriods(_ node: YAMLNode, _ problems: inout Problems) {
        guard case .map(let entries) = node.content else {
            return problems.add(
                at: node.position, found: node.description,
                expected: "periods by name, each `{from: TIME, to: TIME}`")
        }
        for entry in entries {
            let name = "period `\(entry.key)`"
            guard let section = Section<PeriodKey>(entry.value, name, &problems),
                let from = section.required(.from, "when it begins", &problems)?.time(&problems),
                let end = section.required(.to, "when it ends", &problems),
                let to = end.time(&problems)
            else { continue }
            guard entry.key != Self.training else {
                problems.add(
                    at: entry.keyPosition, found: name,
                    expected: "another name: `\(Self.training)` is what the model was trained on")
                continue
            }
            guard from < to else {
                problems.add(
                    at: end.position, found: end.description, expected: "a time after `from`")
                continue
            }
            periods[entry.key] = from..<to
        }
    }

    enum PastKey: String, CaseIterable {
        case ago, span
    }

    /// Where a period's name may stand: the training data of the model.
    public static let training = "training"

    /// A duration, the name of a period, the training data, or a stretch of the past.
    private func baseline(_ node: YAMLNode, _ problems: inout Problems) -> BaselineSource? {
        if case .map = node.content {
            guard let section = Section<PastKey>(node, "baseline", &problems),
                let ago = section.required(.ago, "how long ago, such as 7d", &problems)?
                    .duration(atLeast: 1_000, &problems)
            else { return nil }
            let span = section[.span]?.duration(atLeast: 1_000, &problems)
            return .past(spanMillis: span ?? windows.windowMillis, agoMillis: ago)
        }
        guard case .text(let text) = node.meaning, text.first?.isNumber != true else {
            return node.duration(atLeast: 1_000, &problems).map { .preceding(spanMillis: $0) }
        }
        if text == Self.training { return .training }
        if let period = periods[text] { return .period(period) }
        problems.add(
            at: node.position, found: "unknown period `\(text)`",
            expected: "a duration such as 7d, the name of one of `periods`, `\(Self.training)`, or "
                + "`{ago: 7d}`",
            suggestion: NearestName.of(text, among: periods.keys.sorted() + [Self.training]))
        return nil
    }

    /// Panes are those of the statistics, so they must nest with the others.
    func checkWindows(
        of statistics: StatisticsSettings?, at position: Position, _ problems: inout Problems
    ) {
        let pane = windows.slideMillis
        guard let statistics, (try? statistics.including(windowMillis: pane)) == nil
        else { return }
        let windows = statistics.windowsMillis.map { "\($0 / 1_000)s" }
        problems.add(
            at: position,
            found: "windows of \(pane / 1_000)s beside statistics over "
                + windows.joined(separator: ", "),
            expected: "a `window` (or `slide`) in `drift` of which these are multiples or parts")
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
