internal import Events
public import Statistics

/// What is kept of every feature beside the predictions: the section `statistics`.
public struct ObservationSection: Sendable {
    /// On unless the file says otherwise.
    public var isEnabled = true
    public var statistics = StatisticsSettings()
    /// The field by whose values statistics are kept apart, as a place in the schema.
    public var segment: Int?
    /// Event time between two publications, milliseconds; nil publishes nothing.
    public var publishEveryMillis: Int64? = 3_600_000

    enum Key: String, CaseIterable {
        case enabled, windows, segment, segmentsMax, publishEvery
    }

    init(_ node: YAMLNode?, events: EventSource?, _ problems: inout Problems) {
        guard let node, let section = Section<Key>(node, "statistics", &problems) else { return }
        isEnabled = section[.enabled].flatMap { $0.bool(&problems) } ?? isEnabled
        if let windows = section[.windows] { readWindows(windows, &problems) }
        if let node = section[.segment] { readSegment(node, events, &problems) }
        statistics.segmentsMax =
            section[.segmentsMax].flatMap { $0.integer(in: 1...1_024, &problems) }
            ?? statistics.segmentsMax
        guard let node = section[.publishEvery] else { return }
        publishEveryMillis =
            node.meaning == .nothing ? nil : node.duration(atLeast: 1_000, &problems)
    }

    private mutating func readWindows(_ node: YAMLNode, _ problems: inout Problems) {
        guard case .list(let elements) = node.content else {
            return problems.add(
                at: node.position, found: node.description,
                expected: "a list of durations, such as [5m, 1h, 1d]")
        }
        let widths = elements.compactMap { $0.duration(atLeast: 1_000, &problems) }
        guard widths.count == elements.count else { return }
        statistics.windowsMillis = widths
        if (try? statistics.validate()) == nil {
            problems.add(
                at: node.position, found: "windows that do not nest",
                expected: "at most \(StatisticsSettings.windowsMax) durations, shortest first, "
                    + "each a multiple of the one before")
            statistics = StatisticsSettings()
        }
    }

    private mutating func readSegment(
        _ node: YAMLNode, _ events: EventSource?, _ problems: inout Problems
    ) {
        guard let name = node.text("a field of the events", &problems), let events else { return }
        guard let slot = events.schema.fields.firstIndex(where: { $0.name == name }),
            [.string, .int64].contains(events.schema.fields[slot].type)
        else {
            return problems.add(
                at: node.position, found: "segment `\(name)`",
                expected: "a string or int64 field of the events")
        }
        segment = slot
    }
}
