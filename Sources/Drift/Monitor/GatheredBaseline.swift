public import Bytes
public import Model
public import Statistics

/// Gathers what the windows of a stream of examples held, for ever: what the artifact of a model
/// that learned from them tells.
///
/// Memory: one summary a feature.
public struct GatheredBaseline: Sendable {
    private var baseline: DriftBaseline<FeatureSummary>

    /// - Parameter windowMillis: length of the windows that are taken.
    public init(windowMillis: Int64) {
        baseline = DriftBaseline(
            WindowPlan(windowMillis: windowMillis, baseline: .period(0..<Int64.max)))
    }

    /// Takes in a window that has closed; they come in order. O(features · sketch size).
    ///
    /// - Parameter span: of event time, milliseconds.
    public mutating func take(
        _ span: Range<Int64>, _ features: [(name: String, summary: FeatureSummary)]
    ) {
        var window = DriftPane(span: span, summaries: features, events: 0)
        for (name, summary) in features { window.distinct[name] = summary.distinctCount }
        baseline.take(window)
    }

    /// What an artifact is to keep of a feature. O(sketch size).
    ///
    /// - Parameter open: of the window that is still open.
    public func column(of feature: String, with open: FeatureSummary) -> ModelBaseline.Column {
        var sum = open
        if let closed = baseline.parts[feature]?.filling { sum.merge(closed) }
        var profile = sum.profile
        complete(&profile, of: feature)
        return ModelBaseline.Column(profile, sum)
    }

    /// Adds to a profile of a feature's values what only windows tell: the design effect and the
    /// different values of one.
    public func complete(_ profile: inout FeatureProfile, of feature: String) {
        profile.designEffect = baseline.parts[feature]?.spread.designEffect ?? 1
        profile.distinct = baseline.parts[feature]?.fillingDistinct
    }

    /// Appends what was gathered.
    public func append(to writer: inout ByteWriter) { baseline.append(to: &writer) }

    /// Takes in what `append(to:)` wrote.
    ///
    /// - Parameter template: a summary of the settings that all have.
    public mutating func restore(
        from reader: inout ByteReader, like template: FeatureSummary
    ) throws(FormatError) {
        try baseline.restore(from: &reader, like: template)
    }
}
