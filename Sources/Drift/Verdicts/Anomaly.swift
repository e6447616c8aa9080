internal import Glibc

/// A change of a field that has a name, because it has one cause.
public enum Anomaly: Equatable, Sendable {
    /// Every value times this factor: cents for euros, milliseconds for seconds.
    case unitChange(factor: Double)
    /// Every value times -1.
    case signFlip
    /// One value only, where there were many.
    case constant(Double)
    /// So large a share of the events has no value any more, 0…1.
    case suddenNull(share: Double)
    /// A category never seen before has this share of the events, 0…1.
    case newCategory(String, share: Double)
    /// The values of another feature, which has this one's.
    case swapped(with: String)
    /// Hours of the day are moved by so many, -11…12.
    case timeZoneShift(hours: Int)

    /// Its name in messages.
    public var name: String {
        switch self {
        case .unitChange: "unit-change"
        case .signFlip: "sign-flip"
        case .constant: "constant"
        case .suddenNull: "sudden-null"
        case .newCategory: "new-category"
        case .swapped: "swapped"
        case .timeZoneShift: "time-zone-shift"
        }
    }
}

extension Anomaly {
    /// What a feature's own profiles show.
    static func found(
        in window: FeatureProfile, against baseline: FeatureProfile,
        _ origin: FeatureLineage.Origin
    ) -> [Anomaly] {
        var found: [Anomaly] = []
        let lost =
            window.share(window.missing + window.nonFinite)
            - baseline.share(baseline.missing + baseline.nonFinite)
        if lost >= nullShareMin {
            found.append(.suddenNull(share: window.share(window.missing + window.nonFinite)))
        }
        if let category = newCategory(window, baseline) { found.append(category) }
        guard let only = window.distribution.values.first, !baseline.distribution.isEmpty else {
            return found
        }
        if window.distribution.values.count == 1 {
            if isConstant(only, window, baseline) { found.append(.constant(only)) }
            return found
        }
        let change = window.distribution.kolmogorovSmirnov(to: baseline.distribution).value
        if origin.isHour,
            let shift = hourShift(window.distribution, baseline.distribution, change)
        {
            found.append(.timeZoneShift(hours: shift))
        } else if isFlipped(window.distribution, baseline.distribution, change) {
            found.append(.signFlip)
        } else if let factor = unitFactor(
            window.distribution, baseline.distribution, change,
            among: origin.isDerived ? commonFactors : factors)
        {
            found.append(.unitChange(factor: factor))
        }
        return found
    }

    /// The missing share that is more than a field being optional.
    private static let nullShareMin = 0.3
    /// The share of a new category that is more than a new entry of a list.
    private static let newCategoryShareMin = 0.02

    /// The probability that a window has one value alone by chance, above which that is no news:
    /// where nearly all are zero anyway, a quiet hour may see no other.
    private static let constantChanceMax = 1e-6

    private static func isConstant(
        _ value: Double, _ window: FeatureProfile, _ baseline: FeatureProfile
    ) -> Bool {
        let before = baseline.distribution
        guard before.values.count > 2 else { return false }
        let share = before.share(atOrBelow: value) - before.share(atOrBelow: value.nextDown)
        let chance = pow(min(1, share + before.rankError), baseline.effective(window.present))
        return chance <= constantChanceMax
    }

    private static func newCategory(
        _ window: FeatureProfile, _ baseline: FeatureProfile
    ) -> Anomaly? {
        guard let now = window.categories, let before = baseline.categories, now.total > 0,
            before.total > 0
        else { return nil }
        // What a summary does not list may have come as often as its counts are wrong.
        let shareMin = max(newCategoryShareMin, 2 * before.countError / before.total)
        let known = Set(before.entries.map(\.name))
        guard let first = now.entries.first(where: { !known.contains($0.name) }),
            first.count / now.total >= shareMin
        else { return nil }
        return .newCategory(first.name, share: first.count / now.total)
    }

    private static func isFlipped(
        _ window: Distribution, _ baseline: Distribution, _ change: Double
    ) -> Bool {
        Likeness.explains(window.scaled(by: -1), baseline, change: change)
    }

    /// Factors between units that people confuse, the larger one over the smaller.
    private static let factors: [Double] = [
        10, 100, 1_000, 1e6, 1e9, 60, 3_600, 24, 86_400, 86_400_000, 7, 1.609344, 3.28084, 2.54,
        2.2046226,
    ]
    /// Those of what is made of many events: while it fills with such in another unit it passes
    /// through every factor there is.
    private static let commonFactors: [Double] = [100, 1_000, 1e6]
    /// How far the ratio of the upper quartiles may be from the factor.
    private static let ratioTolerance = 0.2
    /// Quantiles that the factor must have moved alike, and how far each may be from it.
    private static let agreeing = [0.25, 0.5, 0.75, 0.9]
    private static let agreementTolerance = 0.35

    private static func agree(
        _ window: Distribution, _ baseline: Distribution, on factor: Double
    ) -> Bool {
        agreeing.allSatisfy { share in
            guard let now = window.quantile(share), let before = baseline.quantile(share) else {
                return false
            }
            return before == 0
                ? now == 0 : abs(now / before / factor - 1) <= agreementTolerance
        }
    }

    private static func unitFactor(
        _ window: Distribution, _ baseline: Distribution, _ change: Double,
        among factors: [Double]
    ) -> Double? {
        guard change >= Likeness.changeMin, let now = window.quantile(0.75),
            let before = baseline.quantile(0.75), before != 0, now / before > 0
        else { return nil }
        let ratio = now / before
        let areCounts = [window, baseline].allSatisfy {
            $0.values.allSatisfy { $0 == $0.rounded() }
        }
        let near = (factors + factors.map { 1 / $0 }).filter {
            // A count does not become a whole number of feet.
            abs(ratio / $0 - 1) <= ratioTolerance && !(areCounts && $0 != $0.rounded())
        }.sorted { abs(ratio / $0 - 1) < abs(ratio / $1 - 1) }
        return near.first {
            agree(window, baseline, on: $0)
                && Likeness.explains(window.scaled(by: 1 / $0), baseline, change: change)
        }
    }

    /// The share of events that a shift must move to other hours: by one hour of a smooth day 7 %.
    private static let movedMin = 0.05
    private static let movedMinSketched = 0.1

    /// By how many hours the window's clock runs ahead, if both hold most of the day's hours.
    private static func hourShift(
        _ window: Distribution, _ baseline: Distribution, _ change: Double
    ) -> Int? {
        guard let now = hours(window), let before = hours(baseline), change > 0 else { return nil }
        func gap(_ shift: Int) -> Double {
            (0..<24).reduce(0) { $0 + abs(now[($1 + shift) % 24] - before[$1]) } / 2
        }
        // What chance leaves: half the sum of the mean absolute errors of the shares.
        let inverse = 1 / window.weight + 1 / baseline.weight
        let noise = before.reduce(0) { $0 + 0.4 * ($1 * inverse).squareRoot() }
        let unmoved = gap(0)
        // What counts of hours resolve, sketches do not.
        let isExact = window.rankError == 0 && baseline.rankError == 0
        let least = isExact ? movedMin : movedMinSketched
        guard let best = (1..<24).min(by: { gap($0) < gap($1) }), unmoved >= max(least, 2 * noise),
            gap(best) <= 0.3 * unmoved + noise
        else { return nil }
        return best > 12 ? best - 24 : best
    }

    /// The share of each hour, if the values are hours and most of the day is among them.
    private static func hours(_ distribution: Distribution) -> [Double]? {
        guard (12...24).contains(distribution.values.count),
            distribution.values.allSatisfy({ (0..<24).contains($0) && $0 == $0.rounded() })
        else { return nil }
        var shares = Array(repeating: 0.0, count: 24)
        for place in distribution.values.indices {
            shares[Int(distribution.values[place])] =
                distribution.weight(at: place) / distribution.weight
        }
        return shares
    }
}
