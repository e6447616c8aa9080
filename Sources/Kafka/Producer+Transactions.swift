internal import CRdKafka

/// Transactions, for a producer whose properties name a `transactional.id`.
///
/// After an error, `KafkaError` tells what to do: `isFatal`, make a new producer; `requiresAbort`,
/// abort and begin again; `isRetriable`, call again.
extension Producer {
    /// How long one call may last before delivery reports are taken in, which the library needs.
    private static let transactionSlice = Duration.milliseconds(100)

    /// Takes over the transactional id: fences earlier producers and ends their transactions. Call
    /// once, before the first transaction.
    public mutating func initTransactions(within timeout: Duration) throws(KafkaError) {
        let client = client
        try unsafe complete("take over the transactional id", within: timeout) { millis in
            unsafe rd_kafka_init_transactions(client.handle, millis)
        }
    }

    /// Everything sent from here on belongs to the transaction.
    public func beginTransaction() throws(KafkaError) {
        let error = unsafe rd_kafka_begin_transaction(client.handle)
        try unsafe client.check(error, "begin a transaction")
    }

    /// Adds what the consumer has read to the transaction: committed with it, or not at all.
    public mutating func sendOffsets(
        _ offsets: [PartitionOffset], of consumer: borrowing Consumer, within timeout: Duration
    ) throws(KafkaError) {
        let operation = "add offsets to the transaction"
        guard let group = unsafe rd_kafka_consumer_group_metadata(consumer.client.handle) else {
            throw KafkaError(.state, operation, message: "the consumer has no group")
        }
        defer { unsafe rd_kafka_consumer_group_metadata_destroy(group) }
        let client = client
        let list = PartitionList(offsets)
        try unsafe complete(operation, within: timeout) { millis in
            unsafe rd_kafka_send_offsets_to_transaction(client.handle, list.handle, group, millis)
        }
    }

    /// Waits for the acknowledgement of everything sent, then commits.
    public mutating func commitTransaction(within timeout: Duration) throws(KafkaError) {
        let client = client
        let deadline = Deadline(after: timeout)
        _ = flush(within: timeout)
        try unsafe complete("commit the transaction", within: deadline.remaining) { millis in
            unsafe rd_kafka_commit_transaction(client.handle, millis)
        }
    }

    /// Drops what is queued and undoes what was sent. Dropped records count as failed.
    public mutating func abortTransaction(within timeout: Duration) throws(KafkaError) {
        let client = client
        try unsafe complete("abort the transaction", within: timeout) { millis in
            unsafe rd_kafka_abort_transaction(client.handle, millis)
        }
    }

    /// Calls again for as long as the error is one that passes and the deadline has not.
    private mutating func complete(
        _ operation: String, within timeout: Duration, _ call: (Int32) -> OpaquePointer?
    ) throws(KafkaError) {
        let deadline = Deadline(after: timeout)
        while true {
            let millis = max(1, deadline.millis(atMost: Self.transactionSlice))
            let error = unsafe call(millis)
            takeReports()
            do throws(KafkaError) {
                return try unsafe client.check(error, operation)
            } catch {
                if !error.isRetriable || error.requiresAbort || deadline.hasPassed { throw error }
            }
        }
    }
}
