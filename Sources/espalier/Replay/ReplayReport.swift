internal import Model
internal import Pipeline

/// What a replay came to: what went through, how good the predictions were, what the model is.
struct ReplayReport {
    let project: String
    let status: PipelineStatus
    /// Rejected records by reason, most frequent first.
    let rejections: [(reason: String, count: UInt64)]
    let rejectedExamples: [String]
    /// Labels of files without a time: of no event, and of one that had a label already.
    let unusedLabels: Int
    let startMillis: Int64?
    let seconds: Double
    let inputCount: Int
    let quality: ReplayQuality
    /// The learner's weights of the end; nil for a fixed model.
    let artifact: ModelArtifact?
    /// Nil where nobody watched.
    let alerts: RaisedAlerts?

    var eventsPerSecond: Double { Double(status.counts.events) / max(seconds, 1e-9) }

    var limits: LimitCounts { LimitCounts(status) }

    static let weightsShownMax = 20

    /// The features that weigh something, heaviest first; of a category the heaviest bucket.
    var weights: [(name: String, weight: Double, nonZeroCount: Int)] {
        guard let artifact else { return [] }
        return artifact.content.features.compactMap { feature in
            switch feature.weights {
            case .numeric(let weight, _):
                return weight == 0 ? nil : (feature.name, weight, 1)
            case .category(_, let entries):
                let heaviest = entries.max { abs($0.weight) < abs($1.weight) }
                return heaviest.map { (feature.name, $0.weight, entries.count) }
            }
        }.sorted { (abs($0.weight), $1.name) > (abs($1.weight), $0.name) }
    }
}
