internal import Bytes
public import Features
public import Pipeline
public import Training

/// What two runs over the same records must agree in.
public struct FoldedState: Equatable, Sendable {
    public var counts: PipelineCounts
    public var features: FeatureCounts
    public var labels: PendingCounts
    public var pending: Int
    public var lossBits: UInt64?
    public var modelVersion: String
    public var learned: Int
    public var clock: Int64?

    public init(_ status: PipelineStatus) {
        counts = status.counts
        features = status.features
        features.stateBytes = 0
        labels = status.labels
        pending = status.pending
        lossBits = status.meanLoss?.bitPattern
        modelVersion = status.modelVersion
        learned = status.learned
        clock = status.clock
    }
}

extension OnlineLearner {
    /// Its frame: weights, sums, scaling, to the last bit.
    public var bytes: [UInt8] {
        var writer = ByteWriter()
        append(to: &writer)
        return writer.bytes.copy
    }
}
