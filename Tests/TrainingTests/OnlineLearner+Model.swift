import Model

@testable import Training

extension OnlineLearner {
    /// A model with the learner's weights, made from nothing: what publications are held to.
    func makeModel() -> SparseModel {
        var model = emptyModel()
        for index in 0..<space.width { set(index, in: &model) }
        model.publish(version: version, intercept: ftrl.intercept)
        return model
    }
}
