/// The design effect of a stream's windows, each by itself and in groups of a day's hours: what is
/// alike for an hour and what is alike for a day (a weekend) both count.
struct WindowSpread: Equatable, Sendable {
    /// Hours make a day.
    static let groupWindows = 24

    var single = DesignEffect()
    var grouped = DesignEffect()
    var windows = 0
    var count = 0.0
    var mean = 0.0
    /// Σ (x - mean)² of the group.
    var scatter = 0.0

    /// Takes the next window: so many finite values of this mean and variance.
    mutating func add(count more: Double, mean windowMean: Double, variance: Double) {
        single.add(count: more, mean: windowMean, variance: variance)
        if more > 0, windowMean.isFinite, variance.isFinite {
            let gap = windowMean - mean
            let total = count + more
            scatter += more * variance + gap * gap * count * more / total
            mean += gap * more / total
            count = total
        }
        windows += 1
        guard windows == Self.groupWindows else { return }
        if count > 0 { grouped.add(count: count, mean: mean, variance: scatter / count) }
        (windows, count, mean, scatter) = (0, 0, 0, 0)
    }

    var designEffect: Double { max(single.value, grouped.value) }
}
