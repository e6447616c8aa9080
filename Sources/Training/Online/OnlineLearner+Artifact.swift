public import Model

extension OnlineLearner {
    /// The weights of this moment as an artifact. O(width).
    ///
    /// λ and α are those of the mean loss: the learner's λ1 and λ2 belong to the sum over its
    /// examples.
    /// - Parameters:
    ///   - layout: the names of the learner's features.
    ///   - data: what was learned; `examples` is set to the learner's count, `times` to those of
    ///     the baseline.
    ///   - baseline: what the examples were like.
    /// - Precondition: the layout's feature space is the learner's.
    public func makeArtifact(
        name: String, layout: FeatureLayout, data: ModelContent.Data,
        metrics: [String: Double] = [:], locks: [String] = [], baseline: ModelBaseline? = nil
    ) throws(ArtifactError) -> ModelArtifact {
        precondition(layout.space == space, "\(layout.space); expected \(space)")
        var data = data
        data.examples = learned
        data.times = baseline?.times ?? data.times
        var content = ModelContent(
            name: name, loss: parameters.loss, objective: objective, intercept: ftrl.intercept,
            features: layout.features.map { feature(of: $0, in: layout) }, data: data,
            solver: solver)
        content.bound = parameters.bound
        content.metrics = metrics
        content.locks = locks
        content.baseline = baseline
        return try ModelArtifact(content)
    }

    private var objective: ModelContent.Objective {
        let sum = parameters.ftrl.l1 + parameters.ftrl.l2
        return ModelContent.Objective(
            lambda: sum / Double(max(1, learned)),
            alpha: sum > 0 ? parameters.ftrl.l1 / sum : 0)
    }

    private var solver: ModelContent.Solver {
        ModelContent.Solver(
            name: "ftrl-proximal",
            parameters: [
                "alpha": parameters.ftrl.alpha, "beta": parameters.ftrl.beta,
                "l1": parameters.ftrl.l1, "l2": parameters.ftrl.l2,
            ])
    }

    private func feature(
        of feature: FeatureLayout.Feature, in layout: FeatureLayout
    ) -> ModelContent.Feature {
        switch layout[feature.name]?.place {
        case .index(let index):
            let weights = ModelContent.Weights.numeric(
                weight: ftrl.weight(at: Int(index)),
                scaler.standardization(at: Int(index)))
            return .init(
                name: feature.name, definition: feature.definition, weights: weights,
                penaltyFactor: ftrl.coordinates[Int(index)].penaltyFactor)
        case .block(let block): return hashed(feature, block)
        case nil: preconditionFailure("\(feature.name) is not in its own layout")
        }
    }

    private func hashed(_ feature: FeatureLayout.Feature, _ block: Int) -> ModelContent.Feature {
        let buckets = space.buckets(ofBlock: block)
        let entries = buckets.compactMap { index -> ModelContent.BucketWeight? in
            let weight = ftrl.weight(at: index)
            return weight == 0 ? nil : .init(bucket: index - buckets.lowerBound, weight: weight)
        }
        return .init(
            name: feature.name, definition: feature.definition,
            weights: .category(bits: space.blockBits[block], entries: entries),
            penaltyFactor: ftrl.coordinates[buckets.lowerBound].penaltyFactor)
    }
}
