internal import Features
internal import Model
internal import Pipeline
internal import Project
internal import Training

extension Replay {
    /// What the replay came to.
    func report(
        _ project: ProjectFile, _ inputs: ReplayInputs, seconds: Double
    ) throws(Failure) -> ReplayReport {
        let status = pipeline.status
        let quality = ReplayQuality(
            pipeline.judgedPredictions(), loss: pipeline.model.loss, learns: pipeline.learner != nil
        )
        let rejections = status.counts.rejections.merging(
            inputs.table?.rejections ?? [:], uniquingKeysWith: +)
        let artifact = try artifact(project, quality)
        return ReplayReport(
            project: project.name, status: status,
            rejections: rejections.map { ($0.key.code, $0.value) }
                .sorted { ($1.count, $0.reason) < ($0.count, $1.reason) },
            rejectedExamples: outputs.rejected, unusedLabels: delayed?.unusedCount ?? 0,
            startMillis: startMillis, seconds: seconds,
            inputCount: pipeline.settings.plan.inputs.count, quality: quality, artifact: artifact,
            alerts: pipeline.settings.watch == nil ? nil : outputs.alerts)
    }

    /// What was learned, with the measures of its predictions.
    private func artifact(
        _ project: ProjectFile, _ quality: ReplayQuality
    ) throws(Failure) -> ModelArtifact? {
        guard let learner = pipeline.learner else { return nil }
        var metrics: [String: Double] = [:]
        for (name, value) in quality.measures { metrics[name] = value }
        do throws(ArtifactError) {
            return try learner.makeArtifact(
                name: project.name, layout: pipeline.settings.plan.layout,
                data: ModelContent.Data(examples: learner.learned), metrics: metrics,
                baseline: pipeline.learnedBaseline())
        } catch { throw Failure(.fault, "the learner's model is no artifact: \(error)") }
    }
}
