internal import CRdKafka

extension Producer {
    /// Records sent and neither acknowledged nor failed.
    public var outstanding: Int { ledger.outstanding }

    /// The batch that `send` adds to.
    public var openBatch: BatchNumber { ledger.openBatch }

    /// Ends the open batch and opens the next.
    public mutating func sealBatch() -> BatchNumber { ledger.seal() }

    /// What happened next, or nil if nothing did: takes in delivery reports, and tells of the
    /// oldest sealed batch that is settled. Never blocks; call until it gives nil.
    public mutating func poll() -> ProducerEvent? {
        takeReports()
        if let error = takeHeldError() { return .error(error) }
        return ledger.takeSettled().map { .settled($0) }
    }

    /// Blocks until there is something to poll, until the waker is used, or until the timeout.
    public func wait(atMost timeout: Duration) -> Bool { client.wakeSignal.wait(atMost: timeout) }

    /// Sends what is queued without waiting for more, and waits for its acknowledgement.
    ///
    /// - Returns: how many records are still outstanding at the deadline. What became of the others
    ///   is told by `poll`.
    public mutating func flush(within timeout: Duration) -> Int {
        let deadline = Deadline(after: timeout)
        repeat {
            unsafe rd_kafka_flush(client.handle, deadline.millis(atMost: Self.flushSlice))
            takeReports()
        } while outstanding > 0 && !deadline.hasPassed
        return outstanding
    }

    /// Ends the open batch, and waits until everything sent is acknowledged: for those who have
    /// sent all they want to.
    ///
    /// - Throws: why the first record that failed did so; `timedOut` when records are outstanding
    ///   at the deadline.
    public mutating func settle(within timeout: Duration) throws(KafkaError) {
        _ = sealBatch()
        let left = flush(within: timeout)
        while let event = poll() {
            switch event {
            case .settled(let delivery): if let failure = delivery.firstFailure { throw failure }
            case .error(let error): if error.isFatal { throw error }
            }
        }
        guard left == 0 else {
            throw KafkaError(timedOut: "deliver \(left) records", within: timeout)
        }
    }

    /// The library waits for reports that only we take in, so it may not wait long.
    private static let flushSlice = Duration.milliseconds(5)

    /// Takes in delivery reports without telling of them, to make room after `queueFull`.
    public mutating func takeReports() {
        while let event = unsafe rd_kafka_queue_poll(client.queue, 0) {
            defer { unsafe rd_kafka_event_destroy(event) }
            switch unsafe rd_kafka_event_type(event) {
            case RD_KAFKA_EVENT_DR: unsafe count(event)
            case RD_KAFKA_EVENT_ERROR: hold(unsafe client.failure(event, "work with Kafka"))
            default: break
            }
        }
    }

    /// Neighbours mostly belong to one batch, so they are counted in runs.
    private mutating func count(_ event: OpaquePointer) {
        var run: (batch: UInt64, count: Int, offset: Int64) = (0, 0, 0)
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
                    run.offset = unsafe max(run.offset, report.offset)
                } else {
                    credit(run)
                    run = (batch, 1, unsafe report.offset)
                }
            }
            if found < Self.reportsMax { break }
        }
        credit(run)
    }

    private mutating func credit(_ run: (batch: UInt64, count: Int, offset: Int64)) {
        guard run.count > 0 else { return }
        ledger.noteDelivered(
            BatchNumber(rawValue: run.batch), count: run.count, lastOffset: run.offset)
    }

    private func deliveryFailure(_ report: rd_kafka_message_t) -> KafkaError {
        let topic = unsafe String(cString: rd_kafka_topic_name(report.rkt))
        return client.failure(
            unsafe report.err, "deliver to \(TopicPartition(topic, Int(unsafe report.partition)))")
    }
}
