internal import CRdKafka

extension Producer {
    /// Records sent and neither acknowledged nor failed.
    public var outstanding: Int { ledger.outstanding }

    /// The batch that `send` adds to.
    public var openBatch: BatchNumber { ledger.openBatch }

    /// Ends the open batch and opens the next.
    public mutating func sealBatch() -> BatchNumber { ledger.seal() }

    /// Takes in delivery reports. Never blocks.
    ///
    /// - Returns: the oldest sealed batch that is settled, or nil; call until it gives nil.
    /// - Throws: an error of the whole client, such as all brokers down, or a fatal one.
    public mutating func poll() throws(KafkaError) -> BatchDelivery? {
        if let settled = ledger.takeSettled() { return settled }
        while let event = unsafe rd_kafka_queue_poll(client.queue, 0) {
            defer { unsafe rd_kafka_event_destroy(event) }
            if let error = unsafe take(event) { throw error }
        }
        return ledger.takeSettled()
    }

    /// Blocks until there is something to poll, until the waker is used, or until the timeout.
    public func wait(atMost timeout: Duration) -> Bool { client.wakeSignal.wait(atMost: timeout) }

    /// Sends what is queued without waiting for more, and waits for its acknowledgement.
    ///
    /// - Returns: how many records are still outstanding at the deadline. What became of the others
    ///   is told by `poll`.
    public mutating func flush(within timeout: Duration) throws(KafkaError) -> Int {
        let deadline = Deadline(after: timeout)
        repeat {
            let millis = deadline.millis(atMost: Self.flushSlice)
            unsafe rd_kafka_flush(client.handle, millis)
            var fatal: KafkaError?
            while let event = unsafe rd_kafka_queue_poll(client.queue, 0) {
                defer { unsafe rd_kafka_event_destroy(event) }
                if let error = unsafe take(event), error.isFatal { fatal = error }
            }
            if let fatal { throw fatal }
        } while outstanding > 0 && !deadline.hasPassed
        return outstanding
    }

    /// The library waits for reports that only we take in, so it may not wait long.
    private static let flushSlice = Duration.milliseconds(5)

    /// Counts the reports in an event; an error of the whole client is returned.
    mutating func take(_ event: OpaquePointer) -> KafkaError? {
        switch unsafe rd_kafka_event_type(event) {
        case RD_KAFKA_EVENT_DR:
            unsafe count(event)
            return nil
        case RD_KAFKA_EVENT_ERROR:
            return unsafe client.failure(event, "work with Kafka")
        default:
            return nil
        }
    }

    /// Neighbours mostly belong to one batch, so they are counted in runs.
    private mutating func count(_ event: OpaquePointer) {
        var run: (batch: UInt64, count: Int) = (0, 0)
        while true {
            let found = unsafe rd_kafka_event_message_array(event, reports, Self.reportsMax)
            for i in 0..<found {
                guard let report = unsafe reports[i]?.pointee else { continue }
                let batch = UInt64(UInt(bitPattern: unsafe report._private))
                if unsafe report.err != RD_KAFKA_RESP_ERR_NO_ERROR {
                    let failure = unsafe deliveryFailure(report)
                    ledger.noteFailed(BatchNumber(rawValue: batch), failure)
                } else if batch == run.batch {
                    run.count += 1
                } else {
                    credit(run)
                    run = (batch, 1)
                }
            }
            if found < Self.reportsMax { break }
        }
        credit(run)
    }

    private mutating func credit(_ run: (batch: UInt64, count: Int)) {
        guard run.count > 0 else { return }
        ledger.noteDelivered(BatchNumber(rawValue: run.batch), count: run.count)
    }

    private func deliveryFailure(_ report: rd_kafka_message_t) -> KafkaError {
        let topic = unsafe String(cString: rd_kafka_topic_name(report.rkt))
        return client.failure(
            unsafe report.err, "deliver to \(TopicPartition(topic, Int(unsafe report.partition)))")
    }
}
