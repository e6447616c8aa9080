/// What a window's events say of one feature, in a form that merges.
public protocol WindowSummary: Sendable {
    /// Takes in the events that the other has seen.
    mutating func merge(_ other: borrowing Self)

    var profile: FeatureProfile { get }
}

extension FeatureTally: WindowSummary {}
