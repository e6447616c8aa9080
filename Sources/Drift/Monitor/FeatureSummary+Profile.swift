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
            profile.distribution = exactDistribution ?? Distribution(quantiles)
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

    /// Of a feature with few different values, such as a count or an hour, each of which is
    /// counted; nil for any other.
    private var exactDistribution: Distribution? {
        guard frequent.countError == 0, frequent.total == moments.count else { return nil }
        let values = frequent.entries().map { (Double(bitPattern: $0.item), Double($0.least)) }
            .sorted { $0.0 < $1.0 }
        guard values.allSatisfy({ $0.0.isFinite }) else { return nil }
        return Distribution(
            ascending: values.map(\.0), weights: values.map(\.1), rankError: 0)
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
