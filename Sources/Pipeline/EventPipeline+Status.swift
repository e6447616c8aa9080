internal import Drift
public import Features
public import Model
public import Training

/// What a pipeline has done and holds, as one value.
public struct PipelineStatus: Sendable {
    public var counts = PipelineCounts()
    public var features = FeatureCounts()
    public var categoryCollisions: UInt64 = 0
    public var labels = PendingCounts()
    public var pending = 0
    public var judged = 0
    /// Mean loss of all predictions judged so far; nil before the first.
    public var meanLoss: Double?
    public var modelVersion = ""
    public var nonZeroCount = 0
    /// Examples learned.
    public var learned = 0
    /// Examples that the learner's loss is not defined for.
    public var refused = 0
    /// Examples that `ExampleLog.valuesMax` had no room for.
    public var examplesLeftOut = 0
    /// Troubles beyond `AlertPlan.Limits.trackedMax`.
    public var alertsUnwatched: UInt64 = 0
    /// Windows that were not compared, because one batch closed too many.
    public var windowsSkipped: UInt64 = 0
    /// The newest event time, milliseconds since the Unix epoch; nil before the first event.
    public var clock: Int64?

    public init() {}
}

extension EventPipeline {
    public var status: PipelineStatus {
        var status = PipelineStatus()
        status.counts = counts
        status.features = features.counts
        status.categoryCollisions = features.categoryCollisions
        switch labels {
        case .some(let labels):
            status.labels = labels.pending.counts
            status.pending = labels.pending.count
            status.judged = labels.validation.count
            status.meanLoss = labels.validation.meanLoss
        case .none: break
        }
        status.modelVersion = model.version
        status.nonZeroCount = model.nonZeroCount
        status.learned = learner?.learned ?? 0
        status.refused = learner?.refused ?? 0
        status.examplesLeftOut = examples?.leftOut ?? 0
        status.alertsUnwatched = watch?.engine.overflowed ?? 0
        status.windowsSkipped = watch?.skipped ?? 0
        status.clock = clock == .min ? nil : clock
        return status
    }

    /// The newest predictions with their labels, as far as `validationExamplesMax` goes.
    public func judgedPredictions() -> ScoredLabels {
        switch labels {
        case .some(let labels): labels.validation.window()
        case .none: ScoredLabels()
        }
    }

    /// What the learner's examples were like; nil where they are not summarised or there are none.
    public func learnedBaseline() -> ModelBaseline? {
        switch labels {
        case .some(let labels):
            learnedExamples?.baseline(
                judged: labels.validation.newest(LearnedExamples.judgedMax))
        case .none: nil
        }
    }

    /// Measures what each feature of the newest event costs (`FeatureState.measure`).
    public mutating func measureFeatures(into meter: inout FeatureMeter) {
        features.measure(row: &row, into: &meter)
    }

    /// What each entity type holds now.
    public var stateCounts: [StateCount] { features.stateCounts }

    /// The newest event's prediction by the model as it is now.
    public var score: Double { model.score(vector) }
}
