internal import Features
internal import Model
internal import Project
internal import Sparse
internal import Training

/// What is read from examples while they have the values that they were given: their matrix is
/// standardised where it is, so that there is no second one.
struct GivenExamples {
    let digest: String
    /// How well each column alone ranks the labels.
    let rocAreas: [Double?]
    /// What each feature is like.
    let baseline: [String: ModelBaseline.Column]
    /// Columns of numeric inputs that segments are made by.
    let segmentValues: [String: [Double]]
    /// The rows that scores are measured on, where the rule has a budget of time.
    let sample: Examples?
    let champion: ChampionMargins?

    init(
        _ set: TrainingSet, _ project: ProjectFile, _ command: TrainCommand, _ champion: Champion?
    ) throws(Failure) {
        let examples = set.table.examples
        digest = set.table.digest
        rocAreas = FeatureReview.areas(examples, threadsMax: command.threads)
        baseline = BaselineWindows(of: set, project)
            .columns(of: set, threadsMax: command.threads)
        var segmentValues: [String: [Double]] = [:]
        for name in command.segment {
            guard let index = set.plan.numericIndex(of: name),
                let column = set.table.indices.firstIndex(of: index)
            else { continue }
            segmentValues[name] = examples.matrix.values(ofColumn: column)
        }
        self.segmentValues = segmentValues
        sample = command.choose.cost == .latency ? ScoringCost.sample(of: examples) : nil
        self.champion = try champion.map { champion throws(Failure) in
            do throws(ArtifactError) { return try ChampionMargins(champion.artifact, set) } catch {
                throw Failure(.data, "\(champion.reference): \(error)")
            }
        }
    }
}
