/// A part of a step that can run by itself.
enum Stage: String, CaseIterable {
    case decode = "decode JSON"
    case features = "windows and vector"
    case score = "score and reasons"
    case pending = "wait for the label"
    case write = "write prediction"
    case decodeLabel = "decode JSON "
    case join = "find its event"
    case judge = "judge the prediction"
    case labelWindows = "into the windows"
    case learn = "learn"
    /// Putting a decoded payment into the row again, which the step does not do.
    case refill

    static let ofEvents: [Stage] = [.decode, .features, .score, .pending, .write]
    static let ofLabels: [Stage] = [.decodeLabel, .join, .judge, .labelWindows, .learn]
}
