internal import Kafka

/// At least once, nothing keeps a worker from writing that has lost its tasks and does not know: it
/// was suspended, or its machine was, for longer than the session. Its journal is void, but outputs
/// and snapshots of it would tell of another history. So every record of the journal must follow
/// upon this worker's last one, or what stands between is read.
extension StreamWorker {
    mutating func settleDoubts() throws(WorkerError) {
        for doubt in books.takeDoubts() {
            guard try isLost(doubt) else {
                books.dispel(doubt)
                continue
            }
            errors["TASK_TAKEN_OVER", default: 0] += 1
            // As if the group had said so, which it is about to.
            deliveries.abandon()
            drop(doubt.task)
        }
    }

    private func isLost(_ doubt: JournalDoubt) throws(WorkerError) -> Bool {
        let tail = try JournalTail(
            settings, task: doubt.task, from: doubt.others.lowerBound, until: nil)
        while let entry = try tail.awaitNext(within: settings.connectPatience),
            entry.end <= doubt.others.upperBound
        {
            if doubt.isLoss(entry.record) { return true }
        }
        return false
    }
}
