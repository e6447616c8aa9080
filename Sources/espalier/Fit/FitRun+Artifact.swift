internal import Model
internal import Training

extension FitRun {
    /// The path of the least validated loss at its chosen λ, or the only fit.
    var best: (path: Path, place: Int)? {
        let chosen = paths.compactMap { path in path.chosen.map { (path, $0) } }
        return chosen.min { loss($0) < loss($1) }
    }

    private func loss(_ fit: (path: Path, place: Int)) -> Double {
        guard let validation = fit.path.validation else { return 0 }
        let losses = validation.summary { $0.loss }
        return fit.place < losses.count ? losses[fit.place].mean : .infinity
    }

    /// Writes `<folder>/model.json`, or takes it away if no λ is chosen.
    func writeArtifact(to folder: String, name: String) throws {
        let file = "\(folder)/model.json"
        guard let (path, place) = best else {
            // One of another run is not taken for this one's.
            return try Leftover.remove(file)
        }
        let point = path.points[place]
        var content = ModelContent(
            name: name, loss: command.loss,
            objective: .init(lambda: point.lambda, alpha: path.alpha),
            intercept: design.hasImplicitZeros ? point.intercept : point.standardizedIntercept,
            features: features(point), data: .init(digest: digest, examples: design.rowCount),
            solver: .init(
                name: "coordinate-descent",
                parameters: ["gap": point.gap, "steps": Double(point.steps)]
                    .filter(\.value.isFinite)))
        content.data.times = table.times.flatMap(ModelContent.Data.span(of:))
        content.data.files = [command.table.split(separator: "/").last.map { String($0) } ?? ""]
        content.seed = Int64(exactly: command.seed)
        content.locks = zip(table.names, rules).filter { $1.penaltyFactor == 0 }.map(\.0)
        content.metrics = ["objective": point.objective, "mean_loss": point.meanLoss]
        if let validation = path.validation, place < validation.completeCount {
            content.metrics["validated_loss"] = validation.summary { $0.loss }[place].mean
        }
        let artifact: ModelArtifact
        do throws(ArtifactError) { artifact = try ModelArtifact(content) } catch {
            throw Failure(.fault, "the fit is no artifact: \(error)")
        }
        try artifact.write(to: file)
    }

    /// Of a table whose zeros are not stored, all features that have a weight; else all.
    private func features(_ point: PathPoint) -> [ModelContent.Feature] {
        let weights = Dictionary(
            point.entries.map { ($0.column, $0.standardized) }, uniquingKeysWith: { a, _ in a })
        let columns =
            design.hasImplicitZeros ? point.entries.map(\.column) : Array(table.names.indices)
        return columns.map { column in
            var scaling = scaling[column]
            // What is absent stands for 0 there, not for the mean.
            if design.hasImplicitZeros { scaling.mean = 0 }
            var feature = ModelContent.Feature(
                name: table.names[column],
                definition: ModelContent.Feature.columnDefinition,
                weights: .numeric(weight: weights[column] ?? 0, scaling),
                penaltyFactor: rules[column].penaltyFactor)
            feature.group = rules[column].group.map { command.group[$0] }
            return feature
        }
    }
}
