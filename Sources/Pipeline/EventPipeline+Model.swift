internal import Events
internal import Features
public import Model

extension EventPipeline {
    /// Scores with another model from the next record on. For use between batches: it allocates.
    ///
    /// - Precondition: the pipeline does not learn, and the model is of its feature space; what it
    ///   weighs and is not computed (`lacking`) counts as missing.
    public mutating func use(_ model: SparseModel) {
        precondition(learner == nil, "a learner publishes its own weights")
        precondition(model.space == settings.plan.space, "\(model.space)")
        self.model = model
        predictionWriter.setModel(model.version)
    }
}
