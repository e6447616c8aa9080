/// A part of a step that can run by itself.
enum Stage: String, CaseIterable {
    case decode = "event: decode JSON"
    case features = "event: windows and vector"
    case score = "event: score and reasons"
    case pending = "event: wait for the label"
    case write = "event: write prediction"
    case decodeLabel = "label: decode JSON"
    case join = "label: find its event"
    case judge = "label: judge the prediction"
    case labelWindows = "label: into the windows"
    case learn = "label: learn"
    /// Putting a decoded payment into the row again, which the step does not do.
    case refill

    static let ofEvents: [Stage] = [.decode, .features, .score, .pending, .write]
    static let ofLabels: [Stage] = [.decodeLabel, .join, .judge, .labelWindows, .learn]
}
