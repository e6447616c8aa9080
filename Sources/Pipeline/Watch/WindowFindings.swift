internal import Drift

/// What is said of a window that closed.
struct WindowFindings: Sendable {
    let window: Range<Int64>
    /// The message of drift.
    let message: [UInt8]
    let readings: [Reading]
}
