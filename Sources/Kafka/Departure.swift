internal import CRdKafka

/// A consumer's leaving of its group, within a deadline.
///
/// librdkafka 2.0.2 has three traps here. A cooperative consumer that joined but was never given an
/// assignment aborts the process when it is destroyed (librdkafka #4381), and one whose assignment
/// arrives while it closes never ends (#4528): so an assignment on its way is awaited and answered
/// first. The library's own close waits without limit: so its queue is served here, up to the
/// deadline, and an instance that is not done by then ends on a thread of its own. One that even
/// then is not safe to destroy stays until the process ends.
struct Departure {
    let client: Client
    var wasEverAssigned: Bool

    /// How long one look at the library's queue may last.
    private static let slice = Duration.milliseconds(100)

    /// Whether the group knew before the timeout.
    mutating func complete(within timeout: Duration) -> Bool {
        let deadline = Deadline(after: timeout)
        serveOnce(until: Deadline(after: .zero))
        while isAwaitingFirstAssignment && !deadline.hasPassed { serveOnce(until: deadline) }
        if begin() {
            while !isComplete && !deadline.hasPassed { serveOnce(until: deadline) }
        }
        client.mayHang = !isComplete
        if isAwaitingFirstAssignment { client.abandon() }
        return isComplete
    }

    private func begin() -> Bool {
        guard let error = unsafe rd_kafka_consumer_close_queue(client.handle, client.queue)
        else { return true }
        unsafe rd_kafka_error_destroy(error)
        return false
    }

    private var isComplete: Bool { unsafe rd_kafka_consumer_closed(client.handle) != 0 }

    private var isAwaitingFirstAssignment: Bool {
        !wasEverAssigned && client.rebalanceProtocol == .cooperative
    }

    /// Accepts what is offered and gives back what is asked for, reading nothing.
    private mutating func serveOnce(until deadline: Deadline) {
        let millis = deadline.millis(atMost: Self.slice)
        guard let event = unsafe rd_kafka_queue_poll(client.queue, millis) else { return }
        defer { unsafe rd_kafka_event_destroy(event) }
        guard unsafe rd_kafka_event_type(event) == RD_KAFKA_EVENT_REBALANCE else { return }
        let isOffer =
            unsafe rd_kafka_event_error(event) == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS
        wasEverAssigned = wasEverAssigned || isOffer
        let list = unsafe rd_kafka_event_topic_partition_list(event)
        let isCooperative = client.rebalanceProtocol == .cooperative
        switch (isOffer, isCooperative) {
        case (true, true):
            unsafe discard(rd_kafka_incremental_assign(client.handle, list))
        case (true, false):
            unsafe rd_kafka_assign(client.handle, list)
        case (false, true):
            giveBackEverything()
        case (false, false):
            unsafe rd_kafka_assign(client.handle, nil)
        }
    }

    /// What is read may be more than what the group asks for.
    private func giveBackEverything() {
        var assignment: UnsafeMutablePointer<rd_kafka_topic_partition_list_t>?
        guard unsafe rd_kafka_assignment(client.handle, &assignment) == RD_KAFKA_RESP_ERR_NO_ERROR,
            let assignment = unsafe assignment
        else { return }
        let list = unsafe PartitionList(owning: assignment)
        unsafe discard(rd_kafka_incremental_unassign(client.handle, list.handle))
    }

    private func discard(_ error: OpaquePointer?) {
        if let error = unsafe error { unsafe rd_kafka_error_destroy(error) }
    }
}
