internal import Bytes
internal import Kafka
internal import Pipeline

/// One partition that a task reads: its queue, the records taken from it, and how far they are
/// used.
final class StreamInput: RecordSource {
    let partition: TopicPartition
    let stream: RecordOrigin.Stream
    /// Outputs of records before this offset were committed by an earlier run.
    let committed: Int64
    /// The offset after the last record used.
    private(set) var position: Int64
    private var queue: PartitionQueue
    private var batch: MessageBatch
    /// When each record of `batch` was written, milliseconds since the Unix epoch; 0 if it does not
    /// say.
    private var times: FixedArray<Int64>
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
        times = FixedArray(repeating: 0, count: batchRecordsMax)
    }

    var input: JournalInput { JournalInput(stream, partition.partition) }

    /// Whether there is a record to use; takes more from the queue when all were used.
    func prepare(patience: Duration?) -> Readiness {
        if next < batch.count { return .ready }
        next = 0
        if queue.refill(&batch) > 0 {
            for place in 0..<batch.count { times[place] = batch.timestampMillis(place) ?? 0 }
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
        guard let patience else { return .behind }
        return .now - since > patience ? .caughtUp : .behind
    }

    /// Records that the partition holds behind the last one used, as far as is known. What was
    /// deleted before it could be read, and the marks of transactions, are none.
    var lag: Int64 { max(0, (queue.knownEnd ?? reached) - reached) }

    /// The last error that came in a record's place, once.
    func takeError() -> KafkaError? { queue.takeError() }

    var timestampMillis: Int64 { times[next] }

    /// Takes the next record: its place in `batch`, where it stays until all are taken and another
    /// is asked for.
    func take() -> Int {
        position = batch.offset(next) + 1
        next += 1
        return next - 1
    }

    /// Whether the next look for a record gives those of the batch back.
    var isDrained: Bool { next == batch.count }

    var reached: Int64 { next < batch.count ? batch.offset(next) : queue.position ?? position }

    var offset: Int64 { batch.offset(next) }

    func offset(_ place: Int) -> Int64 { batch.offset(place) }

    private func origin(_ place: Int) -> RecordOrigin {
        RecordOrigin(
            stream: stream, partition: Int32(truncatingIfNeeded: partition.partition),
            offset: batch.offset(place), timestampMillis: times[place])
    }

    func lookAhead(_ pipeline: inout EventPipeline, to place: Int) {
        Self.lookAhead(&pipeline, to: batch, place, origin(place))
    }

    private static func lookAhead(
        _ pipeline: inout EventPipeline, to batch: borrowing MessageBatch, _ place: Int,
        _ origin: RecordOrigin
    ) {
        batch.prefetch(behind: place)
        if let value = batch.payload(place) { pipeline.lookAhead(to: origin, value: value) }
    }

    /// Steps the pipeline with a taken record; one without a value counts as an empty message.
    func step(_ pipeline: inout EventPipeline, with place: Int, into outbox: inout Outbox) {
        Self.step(&pipeline, with: batch, place, origin(place), into: &outbox)
    }

    private static func step(
        _ pipeline: inout EventPipeline, with batch: borrowing MessageBatch, _ place: Int,
        _ origin: RecordOrigin, into outbox: inout Outbox
    ) {
        let key = batch.key(place)
        if let value = batch.payload(place) {
            pipeline.step(origin, key: key, value: value, into: &outbox)
        } else {
            pipeline.step(origin, key: key, value: RawSpan(), into: &outbox)
        }
    }
}
