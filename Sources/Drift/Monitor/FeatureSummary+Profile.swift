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
        if !distinct.isEmpty {
            profile.distinct = DistinctCount(
                distinct.estimate, relativeError: distinct.relativeError)
        }
        guard moments.isEmpty, !frequent.isEmpty else {
            profile.distribution = Distribution(quantiles)
            profile.mean = moments.mean
            profile.variance = moments.count == 1 ? 0 : moments.variance
            return profile
        }
        profile.zero = 0
        profile.unseen = Double(unseen)
        profile.categories = CategoryCounts(
            frequent.entries().map {
                // A category's item is its bucket: its name is not kept.
                CategoryCounts.Entry(name: "#\($0.item)", count: Double($0.least))
            }, total: Double(frequent.total), countError: Double(frequent.countError))
        return profile
    }
}
