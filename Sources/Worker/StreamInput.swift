internal import Kafka
internal import Pipeline

/// One partition that a task reads: its queue, the records taken from it, and how far they are
/// used.
final class StreamInput {
    let partition: TopicPartition
    let stream: RecordOrigin.Stream
    /// Outputs of records before this offset were committed by an earlier run.
    let committed: Int64
    /// The offset after the last record used.
    private(set) var position: Int64
    private var queue: PartitionQueue
    private var batch: MessageBatch
    private var next = 0
    /// When the records in `batch` were taken from the queue.
    private(set) var takenAt = ContinuousClock.now
    /// Since when it has been empty though it is behind; nil while it has records or is caught up.
    private var emptySince: ContinuousClock.Instant?

    init(
        _ queue: consuming PartitionQueue, stream: RecordOrigin.Stream, committed: Int64,
        position: Int64, batchRecordsMax: Int
    ) {
        partition = queue.partition
        self.stream = stream
        self.committed = committed
        self.position = position
        self.queue = queue
        batch = MessageBatch(capacity: batchRecordsMax)
    }

    enum Readiness {
        case ready, caughtUp, behind
    }

    /// Whether there is a record to use; takes more from the queue when all were used.
    func prepare(patience: Duration) -> Readiness {
        if next < batch.count { return .ready }
        next = 0
        if queue.refill(&batch) > 0 {
            takenAt = .now
            emptySince = nil
            return .ready
        }
        if queue.isCaughtUp {
            emptySince = nil
            return .caughtUp
        }
        let since = emptySince ?? .now
        emptySince = since
        return .now - since > patience ? .caughtUp : .behind
    }

    /// The last error that came in a record's place, once.
    func takeError() -> KafkaError? { queue.takeError() }

    /// The index in `batch` of the next record.
    var index: Int { next }

    var timestampMillis: Int64 { batch.timestampMillis(next) ?? 0 }

    var origin: RecordOrigin {
        RecordOrigin(
            stream: stream, partition: Int32(truncatingIfNeeded: partition.partition),
            offset: batch.offset(next), timestampMillis: timestampMillis)
    }

    /// Whether the next record's outputs were committed before.
    var isReplay: Bool { batch.offset(next) < committed }

    /// Steps the pipeline with the next record; one without a value counts as an empty message.
    func step(_ pipeline: inout EventPipeline, into outbox: inout Outbox) {
        Self.step(&pipeline, with: batch, next, origin, into: &outbox)
    }

    private static func step(
        _ pipeline: inout EventPipeline, with batch: borrowing MessageBatch, _ index: Int,
        _ origin: RecordOrigin, into outbox: inout Outbox
    ) {
        let key = batch.key(index)
        if let value = batch.payload(index) {
            pipeline.step(origin, key: key, value: value, into: &outbox)
        } else {
            pipeline.step(origin, key: key, value: RawSpan(), into: &outbox)
        }
    }

    func use() {
        position = batch.offset(next) + 1
        next += 1
    }
}
