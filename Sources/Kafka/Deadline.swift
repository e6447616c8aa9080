/// The moment at which a bounded wait ends.
struct Deadline {
    private let end: ContinuousClock.Instant

    init(after duration: Duration) { end = ContinuousClock.now.advanced(by: duration) }

    var remaining: Duration { max(.zero, ContinuousClock.now.duration(to: end)) }

    var hasPassed: Bool { remaining == .zero }

    /// What is left, but no more than `slice`, in the form C calls take.
    func millis(atMost slice: Duration) -> Int32 { min(remaining, slice).wholeMillis }
}

extension Duration {
    /// Rounded up, so that a wait never spins, and clamped to what C calls take.
    var wholeMillis: Int32 {
        guard self > .zero else { return 0 }
        let (seconds, attoseconds) = components
        guard seconds < Int64(Int32.max) / 1000 else { return Int32.max }
        return Int32(seconds * 1000 + (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000)
    }
}
