internal import CRdKafka

/// The fetched records of one assigned partition, in order. For the thread that owns the consumer.
///
/// Keeps the consumer's library instance alive; make it anew after the partition was given back and
/// assigned again. A reader of many partitions keeps queue and batch of each in an object of its
/// own, and lends the batch to the function that reads it:
///
///     final class Lane { var queue: PartitionQueue; var batch = MessageBatch(capacity: 512); … }
///     func score(_ batch: borrowing MessageBatch, _ index: Int)
///     if lane.queue.refill(&lane.batch) > 0 { score(lane.batch, 0) }
public struct PartitionQueue: ~Copyable {
    public let partition: TopicPartition
    /// The offset after the last record or end mark taken; nil before the first.
    public private(set) var position: Int64?
    private let held: HeldQueue
    private let client: Client
    private var end: Int64?
    private var failure: KafkaError?

    init(_ held: HeldQueue, _ partition: TopicPartition, of client: Client) {
        self.held = held
        self.partition = partition
        self.client = client
    }

    /// Whether everything that was in the partition when it was last asked has been taken.
    ///
    /// Judged by position: transaction markers at the end of a partition are never seen as records.
    /// After the last end mark, by the end that came with the broker's newest answer. Takes a lock
    /// of the library; for empty queues only.
    public var isCaughtUp: Bool {
        guard let position, let end else { return false }
        return position == end || position >= knownEnd ?? .max
    }

    /// One past the newest record, as the broker's newest answer told; nil before the first. Takes
    /// a lock of the library.
    public var knownEnd: Int64? {
        var low: Int64 = 0
        var high: Int64 = 0
        let code = unsafe rd_kafka_get_watermark_offsets(
            client.handle, partition.topic, Int32(clamping: partition.partition), &low, &high)
        return code == RD_KAFKA_RESP_ERR_NO_ERROR && high >= 0 ? high : nil
    }

    /// Replaces the batch's records by the next ones, as far as they are here. Never blocks.
    ///
    /// - Returns: how many there are; 0 also if only an end mark or an error came.
    /// - Complexity: O(records); nothing is copied or allocated.
    @discardableResult
    public mutating func refill(_ batch: inout MessageBatch) -> Int {
        unsafe batch.replaceAll(from: held.handle, of: client) { message in
            unsafe note(message)
        }
        if batch.count > 0 {
            position = max(position ?? 0, batch.offset(batch.count - 1) + 1)
        }
        return batch.count
    }

    /// The last error that came in a record's place, once. The queue goes on after it.
    public mutating func takeError() -> KafkaError? {
        defer { failure = nil }
        return failure
    }

    /// Takes an end mark or an error.
    private mutating func note(_ message: rd_kafka_message_t) {
        if unsafe message.err == RD_KAFKA_RESP_ERR__PARTITION_EOF {
            end = unsafe message.offset
            position = unsafe max(position ?? 0, message.offset)
        } else {
            failure = unsafe client.failure(message)
        }
    }
}
