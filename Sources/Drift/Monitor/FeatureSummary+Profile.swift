internal import Sketches
public import Statistics

/// What the service's statistics say of a window.
extension FeatureSummary: WindowSummary {
    public var profile: FeatureProfile {
        var profile = FeatureProfile()
        profile.events = Double(events)
        profile.missing = Double(missing)
        profile.nonFinite = Double(nonFinite)
        profile.zero = Double(zero)
        profile.distinct = distinctCount
        guard isCategory else {
            profile.distribution = Distribution(quantiles)
            (_, profile.mean, profile.variance) = spread
            return profile
        }
        profile.zero = 0
        profile.unseen = Double(unseen)
        profile.categories = CategoryCounts(
            frequent.entries().map {
                CategoryCounts.Entry(
                    name: FeatureProfile.name(ofBucket: $0.item), count: Double($0.least))
            }, total: Double(frequent.total), countError: Double(frequent.countError))
        return profile
    }

    private var isCategory: Bool { moments.isEmpty && !frequent.isEmpty }

    public var spread: (present: Double, mean: Double, variance: Double) {
        let present = Double(events) - Double(missing) - Double(nonFinite)
        guard !isCategory else { return (max(0, present), .nan, .nan) }
        return (max(0, present), moments.mean, moments.count == 1 ? 0 : moments.variance)
    }

    public var distinctCount: DistinctCount? {
        guard !distinct.isEmpty else { return nil }
        return DistinctCount(distinct.estimate, relativeError: distinct.relativeError)
    }
}
