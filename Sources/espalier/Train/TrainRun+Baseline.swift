internal import Drift
internal import Model
internal import Project
internal import Training

extension TrainRun {
    /// What the examples are like, and how the fit scores them: windows of the running service can
    /// be compared with it.
    ///
    /// - Returns: nil without examples.
    func baseline(scoredBy final: PathPoint) -> ModelBaseline? {
        guard let times = ModelContent.Data.span(of: set.table.times) else { return nil }
        let margins = design.margins(at: final, scaling, rows: 0..<design.rowCount)
        let scores = margins.map { project.model.loss.prediction(atMargin: $0) }
        let windows = BaselineWindows(of: set, project)
        var baseline = ModelBaseline(
            times: times, features: given.baseline,
            scores: .init(windows.profile { scores[$0] }))
        // Where silence is an answer, every event is an example.
        if project.labels?.silence == .negative { baseline.window = windows.window }
        return baseline
    }
}
