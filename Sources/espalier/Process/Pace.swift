internal import Glibc

/// Holds a stream back to so many records per second of wall clock.
struct Pace {
    private let perSecond: Double?
    private let watch = Stopwatch()
    private var sent = 0.0

    /// - Parameter perSecond: nil for no limit.
    init(perSecond: Double?) {
        self.perSecond = perSecond
    }

    /// Seconds by which the next record is early.
    mutating func waitForNext() -> Double {
        guard let perSecond else { return 0 }
        defer { sent += 1 }
        return max(0, sent / perSecond - watch.seconds)
    }

    /// Sleeps so long, or until an interruption.
    static func hold(_ seconds: Double) {
        guard seconds > 0 else { return }
        let watch = Stopwatch()
        while seconds > watch.seconds, !Interruption.hasCome { sleep(seconds - watch.seconds) }
    }

    /// Sleeps so long, but at most a tenth of a second; a signal wakes it.
    static func sleep(_ seconds: Double) {
        usleep(UInt32(min(max(0, seconds), 0.1) * 1e6))
    }
}
