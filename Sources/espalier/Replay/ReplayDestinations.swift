/// The files that a replay writes; nil writes none, `-` is standard output.
struct ReplayDestinations {
    var predictions: String?
    var features: String?
    /// What goes to the features topic.
    var statistics: String?
    /// What goes to the topic of drift: a message a window.
    var drift: String?
    var alerts: String?

    /// Whether data, not the report, goes to standard output.
    var usesStandardOutput: Bool { standardOutputCount > 0 }

    var standardOutputCount: Int {
        [predictions, features, statistics, drift, alerts].count { $0 == "-" }
    }
}
