public import Statistics

/// What is kept and published of every feature beside the predictions.
public struct ObservationSettings: Sendable {
    public var statistics: StatisticsSettings
    /// The slot of the field by whose values statistics are kept apart; nil keeps one segment.
    public var segment: Int?
    /// Event time between two publications of the `features` topic; nil publishes nothing.
    public var publishEveryMillis: Int64? = 3_600_000
    /// Events that must have come since the last publication, unless `publishPatience` intervals
    /// have passed: a message a feature for a handful of events helps nobody.
    public var publishEventsMin: UInt64 = 5_000
    /// The prediction from which an event is decided otherwise; nil counts no crossings.
    public var threshold: Double?
    /// Whether each partition is a task, so that several tasks publish of one feature: then keys
    /// and messages name the partition.
    public var isSpread = false

    static let publishPatience: Int64 = 24

    /// No windows, and nothing published: what others need of it is added.
    static var unpublished: ObservationSettings {
        var settings = ObservationSettings()
        settings.statistics.windowsMillis = []
        settings.publishEveryMillis = nil
        return settings
    }

    public init(statistics: StatisticsSettings = StatisticsSettings()) {
        self.statistics = statistics
    }
}
