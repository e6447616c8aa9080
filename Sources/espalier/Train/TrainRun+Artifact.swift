internal import Bytes
internal import Features
internal import Model
internal import Training
internal import Project

extension TrainRun {
    /// The chosen fit as an artifact of the project's features.
    func artifact(metrics: [String: Double]) throws(Failure) -> ModelArtifact? {
        guard let final else { return nil }
        var content = ModelContent(
            name: project.modelName, loss: project.model.loss,
            objective: .init(lambda: command.refit ? 0 : final.lambda, alpha: final.alpha),
            intercept: final.standardizedIntercept,
            features: set.plan.layout.features.map { layout in
                var feature = feature(layout, final)
                feature.group = project.rules[feature.name]?.group
                return feature
            },
            data: .init(digest: given.digest, examples: design.rowCount),
            solver: .init(
                name: "coordinate-descent",
                parameters: [
                    "gap": final.gap, "lambda_max": lambdaMax, "selected_at": final.lambda,
                ].filter(\.value.isFinite)))
        content.data.times = ModelContent.Data.span(of: set.table.times)
        content.data.files = fileNames
        content.seed = Int64(exactly: command.seed)
        content.locks = project.rules.filter { $0.value.lock == .keep }.keys.sorted()
            .filter { set.plan.layout[$0] != nil }
        content.metrics = metrics
        content.baseline = baseline(scoredBy: final)
        do throws(ArtifactError) { return try ModelArtifact(content) } catch {
            throw Failure(.fault, "the fit is no artifact: \(error)")
        }
    }

    /// Files that the examples were read from, without their folders.
    var fileNames: [String] {
        (command.source.events + command.source.labels).map { path in
            path.split(separator: "/").last.map { String($0) } ?? path
        }
    }

    private func feature(
        _ feature: FeatureLayout.Feature, _ point: PathPoint
    ) -> ModelContent.Feature {
        let factor = project.rules[feature.name]?.weightRule.penaltyFactor ?? 1
        switch set.plan.layout[feature.name]?.place {
        case .index(let index):
            let entry = point.entries.first { set.table.indices[$0.column] == index }
            let column = set.table.indices.firstIndex(of: index)
            let scaling = column.map { self.scaling[$0] } ?? Standardization(mean: 0, scale: 0)
            return .init(
                name: feature.name, definition: feature.definition,
                weights: .numeric(weight: entry?.standardized ?? 0, scaling), penaltyFactor: factor)
        case .block(let block):
            let buckets = set.plan.space.buckets(ofBlock: block)
            let entries = point.entries.compactMap { entry -> ModelContent.BucketWeight? in
                let index = Int(set.table.indices[entry.column])
                guard buckets.contains(index) else { return nil }
                return .init(bucket: index - buckets.lowerBound, weight: entry.weight)
            }
            return .init(
                name: feature.name, definition: feature.definition,
                weights: .category(bits: set.plan.space.blockBits[block], entries: entries),
                penaltyFactor: factor)
        case nil: preconditionFailure("\(feature.name) is not in its own layout")
        }
    }
}
