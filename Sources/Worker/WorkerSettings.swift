public import Drift
internal import Foundation
public import Kafka
internal import Pipeline

/// What a worker reads and writes, and within which bounds.
public struct WorkerSettings: Sendable {
    /// Must name `bootstrap.servers` and `group.id`.
    public var consumer: ClientProperties
    public var producer: ClientProperties
    public var eventsTopic: String
    public var labelsTopic: String?
    public var predictionsTopic: String
    public var deadLettersTopic: String
    /// Where drift and alerts go; nil publishes none.
    public var driftTopic: String?
    public var alertsTopic: String?
    /// Told of what receivers are to be told, on the worker's thread; must not wait.
    public var notify: (@Sendable (AlertNotification) -> Void)?
    /// The compacted topic of the features' statistics; nil publishes none.
    public var featuresTopic: String?
    /// A partition for each task.
    public var journalTopic: String
    public var tasks: Tasks
    /// Records that one task takes before others get their turn.
    public var batchRecordsMax = 1_000
    /// Bytes of output after which others get their turn as well, so that rejected messages, which
    /// are kept whole, do not pile up.
    public var batchBytesMax = 8 << 20
    /// Records sent and not yet acknowledged; above it nothing is read.
    public var outstandingMax = 50_000
    public var guarantee = Guarantee.atLeastOnce
    /// Bytes of outputs that may wait for the journal; above it nothing is read.
    public var heldBytesMax = 64 << 20
    /// Where snapshots of state are written; nil for none.
    public var snapshotFolder: SnapshotFolder?
    /// Where they are sent besides, for other machines; nil for nowhere.
    public var snapshotTopic: SnapshotTopic?
    /// How long after one snapshot the next begins; in a worker with several tasks each in turn.
    public var snapshotInterval = Duration.seconds(60)
    /// Bytes of a snapshot under way that may wait to be packed and written, since events push out
    /// what they are about to change. Above it the snapshot is given up, and begun anew when the
    /// disk has caught up and `snapshotInterval` has passed.
    public var snapshotBytesMax = 256 << 20
    public var commitInterval = Duration.seconds(1)
    /// How long the first answer of a broker is waited for.
    public var connectPatience = Duration.seconds(30)
    /// How long the outputs of a batch may stay unacknowledged when partitions are given back, and
    /// at the end.
    public var drainPatience = Duration.seconds(30)
    /// How long an input that is behind may keep the others waiting before they go on without it.
    public var mergePatience = Duration.seconds(30)
    public var statusInterval = Duration.milliseconds(250)
    /// The clock of alerts, milliseconds since the Unix epoch; called on the worker's thread.
    public var clock: @Sendable () -> Int64 = { Int64(Date().timeIntervalSince1970 * 1_000) }
    /// Where the model comes from while it runs; nil for a project that scores with one model or
    /// learns its own.
    public var models: ModelSlot?

    /// Compares windows; nil on a queue of the process.
    var aside: AsideComparison?

    /// How long one call to the transaction coordinator may take, again and again included.
    public var transactionPatience = Duration.seconds(30)

    /// What a consumer of the outputs may rely on.
    public enum Guarantee: Sendable, Equatable {
        /// None is lost; one may come twice.
        case atLeastOnce
        /// Outputs, journal and offsets are one transaction.
        ///
        /// - Parameter id: tells the instance, so that its next run ends what this one leaves open;
        ///   no two that run may share it.
        case exactlyOnce(id: String)
    }

    /// How a project is cut into tasks.
    public enum Tasks: Sendable, Equatable {
        /// Every entity is the record's key: each partition is a task.
        case perPartition
        /// Some entity is not the key: all partitions are one task, run by the member of the group
        /// that holds the control topic's only partition; the others stand by.
        case single(controlTopic: String)

        /// The task that a partition belongs to: its own number, or the one there is.
        func number(of partition: TopicPartition) -> Int {
            switch self {
            case .perPartition: partition.partition
            case .single: 0
            }
        }
    }

    public init(
        consumer: ClientProperties, producer: ClientProperties, eventsTopic: String,
        labelsTopic: String?, predictionsTopic: String, deadLettersTopic: String,
        journalTopic: String, tasks: Tasks
    ) {
        self.consumer = consumer
        self.producer = producer
        self.eventsTopic = eventsTopic
        self.labelsTopic = labelsTopic
        self.predictionsTopic = predictionsTopic
        self.deadLettersTopic = deadLettersTopic
        self.journalTopic = journalTopic
        self.tasks = tasks
    }

    /// The partition that a task is of; nil where there is one task.
    func partition(ofTask number: Int) -> Int? { tasks == .perPartition ? number : nil }

    /// A partition in the journal's terms.
    func input(of partition: TopicPartition) -> JournalInput {
        JournalInput(
            partition.topic == eventsTopic ? .events : .labels, partition.partition)
    }

    var dataTopics: [String] { [eventsTopic] + (labelsTopic.map { [$0] } ?? []) }
}
