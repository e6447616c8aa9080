internal import Glibc

/// A window's profile of one feature against the baseline's: every measure with the sketches' error
/// and, where there is a test, the probability of so much by chance.
public struct FeatureComparison: Equatable, Sendable {
    /// One measure.
    public struct Finding: Equatable, Sendable {
        public var measure: DriftMeasure
        public var measured: Measured
        /// Of so large a difference where nothing changed, with effective sample sizes and the
        /// sketches' error granted; nil where there is no test.
        public var probability: Double?
    }

    public private(set) var findings: [Finding] = []
    /// The smaller number of events of the two.
    public let events: Double

    /// O(n + m) in the sizes of the sketches.
    public init(_ window: FeatureProfile, against baseline: FeatureProfile, bins: Int = 10) {
        events = min(window.events, baseline.events)
        guard events > 0 else { return }
        if let categories = baseline.categories, let now = window.categories {
            compareBins(
                BinnedShares(categories, now), baseline.effective(categories.total),
                baseline.effective(now.total), areCategories: true)
        } else if !baseline.distribution.isEmpty, !window.distribution.isEmpty {
            compareNumbers(window, baseline, bins)
        }
        compareRates(window, baseline)
    }

    init(_ findings: [Finding], events: Double) {
        self.findings = findings
        self.events = events
    }

    /// What a measure says; nil where it does not apply.
    public subscript(measure: DriftMeasure) -> Finding? {
        findings.first { $0.measure == measure }
    }

    private mutating func add(_ measure: DriftMeasure, _ measured: Measured, _ p: Double? = nil) {
        findings.append(Finding(measure: measure, measured: measured, probability: p))
    }

    private mutating func compareNumbers(
        _ window: FeatureProfile, _ baseline: FeatureProfile, _ bins: Int
    ) {
        let (n, m) = (baseline.effective(baseline.present), baseline.effective(window.present))
        let gap = window.distribution.kolmogorovSmirnov(to: baseline.distribution)
        let chance = Tail.kolmogorov(
            max(0, gap.value - gap.resolution) * (n * m / (n + m)).squareRoot())
        add(.kolmogorovSmirnov, gap, chance)
        let shift = abs(window.mean - baseline.mean)
        // A constant baseline has no deviation to measure by; any move of it is then without bound.
        let unit = baseline.deviation > 0 ? baseline.deviation : shift
        var work = window.distribution.wasserstein(to: baseline.distribution)
        // The moved mass cannot be less work than the moved mean, which is exact.
        work.atLeast = shift
        add(.wasserstein, work.divided(by: unit), chance)
        let edges = baseline.distribution.edges(bins: bins)
        compareBins(
            BinnedShares(baseline.distribution, window.distribution, edges: edges), n, m,
            areCategories: false)
        // A window of one season is no steadier than the baseline: a weekend has no variance of its
        // own.
        let spread = max(window.variance, baseline.variance)
        let error = (baseline.variance / n + spread / m).squareRoot()
        add(
            .meanShift, Measured(shift).divided(by: unit),
            shift == 0 ? 1 : Tail.normalTwoSided(error > 0 ? shift / error : .infinity))
        if baseline.variance > 0, window.variance > 0 {
            add(.varianceChange, Measured(abs(log(window.variance / baseline.variance))), chance)
        }
    }

    private mutating func compareBins(
        _ shares: BinnedShares, _ n: Double, _ m: Double, areCategories: Bool
    ) {
        guard n > 0, m > 0 else { return }
        let test = shares.chiSquared(baselineCount: n, windowCount: m)
        add(.populationStability, shares.populationStability, test.probability)
        add(.jensenShannon, shares.jensenShannon, test.probability)
        add(.hellinger, shares.hellinger, test.probability)
        let strength = min(1, (test.statistic / (n + m)).squareRoot())
        add(.chiSquared, Measured(strength), test.probability)
        if areCategories { add(.largestChange, shares.largestChange, test.probability) }
    }

    private mutating func compareRates(_ window: FeatureProfile, _ baseline: FeatureProfile) {
        func rate(_ measure: DriftMeasure, _ now: Double, _ before: Double) {
            let (p, q) = (baseline.share(before), window.share(now))
            let (n, m) = (
                baseline.effective(baseline.events), baseline.effective(window.events)
            )
            let pooled = (p * n + q * m) / (n + m)
            let error = (pooled * (1 - pooled) * (1 / n + 1 / m)).squareRoot()
            let change = abs(q - p)
            add(
                measure, Measured(change),
                change == 0 ? 1 : Tail.normalTwoSided(error > 0 ? change / error : .infinity))
        }
        rate(.missing, window.missing, baseline.missing)
        if window.categories == nil {
            rate(.zero, window.zero, baseline.zero)
            rate(.nonFinite, window.nonFinite, baseline.nonFinite)
        }
        if let now = window.unseen, let before = baseline.unseen {
            rate(.unseen, now, before)
        } else if let before = baseline.categories,
            let now = window.categories?.unseen(since: before)
        {
            rate(.unseen, now, 0)
        }
        if let now = window.distinct, let before = baseline.distinct, now.estimate > 0,
            before.estimate > 0
        {
            // Three standard errors of either.
            add(
                .distinct,
                Measured(
                    abs(log(now.estimate / before.estimate)),
                    resolution: 3 * (now.relativeError + before.relativeError)))
        }
    }
}
