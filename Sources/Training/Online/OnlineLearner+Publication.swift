public import Model

extension OnlineLearner {
    /// A model without weights over the learner's features, for `publish` to fill.
    public func emptyModel() -> SparseModel {
        SparseModel(
            space: space, loss: parameters.loss, version: version, intercept: 0,
            bound: parameters.bound)
    }

    /// Names the weights after the examples they come from.
    public var version: String { "online-\(learned)" }

    /// Whether `publishEvery` examples were learned since the last publication.
    public var publicationIsDue: Bool { learned - published >= parameters.publishEvery }

    /// Brings the model to the learner's weights and scaling of this moment. O(numeric features +
    /// indices that learned since the last publication).
    ///
    /// - Precondition: the model is this learner's `emptyModel()`, with every publication since.
    public mutating func publish(into model: inout SparseModel) {
        for index in 0..<space.numericCount { set(index, in: &model) }
        ftrl.drainTouched { index, weight in
            guard index >= space.numericCount else { return }
            model.set(weight, at: index)
        }
        model.publish(version: version, intercept: ftrl.intercept)
        published = learned
    }

    func set(_ index: Int, in model: inout SparseModel) {
        let scaling =
            index < space.numericCount ? scaler.standardization(at: index) : .identity
        model.set(ftrl.weight(at: index), at: UInt32(index), scaling)
    }
}
