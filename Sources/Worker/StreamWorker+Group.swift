internal import Events
internal import Kafka
internal import Pipeline

/// The group's offers and demands. It waits for our answer, so nothing moves before outputs are
/// delivered and offsets committed.
extension StreamWorker {
    mutating func answerGroup() throws(WorkerError) {
        while let event = nextEvent() {
            switch event {
            case .assigned(let partitions, _): try take(partitions)
            case .revoked(let partitions, let lost, _): try giveBack(partitions, lost: lost)
            case .committed(let offsets, let failure): noteCommitted(offsets, failure)
            case .error(let error): try endure(error)
            case .statistics: break
            }
        }
    }

    private mutating func nextEvent() -> ConsumerEvent? {
        heldEvents.isEmpty ? consumer.poll() : heldEvents.removeFirst()
    }

    /// Shows the group that this member lives, which takes one that has not polled for
    /// `max.poll.interval.ms` for dead; what it says meanwhile is answered later.
    mutating func showLife() {
        while let event = consumer.poll() { heldEvents.append(event) }
    }

    private mutating func noteCommitted(_ offsets: [PartitionOffset], _ failure: KafkaError?) {
        isCommitting = false
        if let failure { return note(failure) }
        deliveries.noteCommitted(offsets)
        status.commits += 1
    }

    /// Stops reading, delivers and commits what was read, and gives the partitions back. A lost
    /// partition may already be someone else's: nothing is committed for it.
    private mutating func giveBack(
        _ partitions: [TopicPartition], lost: Bool
    ) throws(WorkerError) {
        let numbers = Set(partitions.map(settings.tasks.number))
        if lost {
            deliveries.abandon()
            try abandonTransaction()
        } else if try settleBeforeLeaving() {
            for number in numbers { park(number) }
        }
        for number in numbers { drop(number) }
        do throws(KafkaError) {
            try consumer.unassign(partitions)
        } catch {
            try endure(error)
        }
    }

    /// Forgets a task and what was to come of it.
    mutating func drop(_ number: Int) {
        abandonSnapshot(of: number)
        tasks[number] = nil
        costs.forget(task: number)
        tails[number] = nil
        backfills[number] = nil
        held.drop(task: number)
        books.close(task: number)
    }

    /// False if the group has gone on without us meanwhile, so that everything counts as lost:
    /// others read and publish it again.
    mutating func settleBeforeLeaving() throws(WorkerError) -> Bool {
        if isTransactional { return try commitTransaction() }
        do throws(WorkerError) {
            try settle()
            return true
        } catch {
            guard case .kafka(let failure) = error, failure.code.meansGroupWentOn else {
                throw error
            }
            note(failure)
            deliveries.abandon()
            return false
        }
    }
}

extension KafkaError.Code {
    /// The group refuses a commit because it no longer counts us in.
    var meansGroupWentOn: Bool {
        self == .illegalGeneration || self == .unknownMember || self == .rebalanceInProgress
    }
}
