/// How alike two distributions must be to be called the same, and how unlike before.
enum Likeness {
    /// The Kolmogorov–Smirnov distance to the baseline that something must have caused.
    static let changeMin = 0.2
    /// What may remain of it once the cause is undone.
    static let restMax = 0.25
    /// And at most this, the sketches' error aside.
    static let distanceMax = 0.12

    /// Whether undoing a cause makes the window what the baseline is.
    static func explains(_ undone: Distribution, _ baseline: Distribution, change: Double) -> Bool {
        let rest = undone.kolmogorovSmirnov(to: baseline)
        return change >= changeMin
            && max(0, rest.value - rest.resolution) <= min(distanceMax, restMax * change)
    }
}
