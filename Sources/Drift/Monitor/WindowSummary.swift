/// What a window's events say of one feature, in a form that merges.
public protocol WindowSummary: Sendable {
    /// Takes in the events that the other has seen.
    mutating func merge(_ other: borrowing Self)

    /// All of it. O(sketch size), as what has values in it sorts them.
    var profile: FeatureProfile { get }

    /// `profile.present`, `.mean` and `.variance`, without the rest of it. O(1).
    var spread: (present: Double, mean: Double, variance: Double) { get }

    /// `profile.distinct`, without the rest of it. O(sketch size).
    var distinctCount: DistinctCount? { get }
}

extension FeatureTally: WindowSummary {}
