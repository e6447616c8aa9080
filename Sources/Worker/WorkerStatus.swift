public import Features
public import Histogram
public import Kafka
public import Model
public import Pipeline
public import Training

/// What a worker is doing and has done, as of its last publication.
public struct WorkerStatus: Sendable {
    /// What the worker is at.
    public enum Phase: String, CaseIterable, Sendable {
        case connecting
        /// Member of the group, without a partition: another instance is active.
        case standby
        /// Reading a snapshot.
        case restoring
        /// Rebuilding state from records whose outputs were committed before.
        case replaying
        case running
        /// Delivering and committing before the end.
        case draining
        case stopped
    }

    public var phase = Phase.connecting
    /// The partitions it reads.
    public var partitions: [TopicPartition] = []
    public var pipelines: [PipelineStatus] = []
    /// Records used, replayed ones included.
    public var records: UInt64 = 0
    public var replayRemaining: Int64 = 0
    /// Records still to be stepped again for a model whose features were not computed.
    public var backfillRemaining: Int64 = 0
    public var delivered: UInt64 = 0
    public var outstanding = 0
    public var commits: UInt64 = 0
    /// Errors that the worker lived through, by librdkafka's name.
    public var errors: [String: Int] = [:]
    /// Why the last snapshot that failed was not written or not sent.
    public var snapshotFailure: String?
    /// Microseconds from taking a record out of the consumer's queue to the broker's
    /// acknowledgement of its prediction.
    public var latencyMicros = WorkerStatus.emptyLatency
    /// Records that the partitions hold behind those used, as far as is known.
    public var lag: Int64 = 0

    public init() {}

    /// 1 µs to 10 minutes, three digits.
    static let emptyLatency = Histogram<UInt64>(
        highestTrackableValue: 600_000_000, numberOfSignificantValueDigits: .three)
}

/// A task's quality and model, made on request because they are large.
public struct WorkerReport: Sendable {
    public var tasks: [TaskReport]
}

/// One task's part of a report.
public struct TaskReport: Sendable {
    public var status: PipelineStatus
    /// The newest predictions with their labels.
    public var judged: ScoredLabels
    public var model: SparseModel
    /// Set while the task learns.
    public var learner: OnlineLearner?
    /// What it learned from, if that is summarised.
    public var learnedBaseline: ModelBaseline?
    /// What its features cost; nil before the first sample.
    public var costs: FeatureMeter?
}
