internal import Bytes
internal import Kafka
internal import Pipeline

/// What a worker has in its open transaction: outputs, kept until it is committed, and the records
/// of their journal.
struct OpenTransaction {
    var outputs: [HeldOutputs] = []
    var journal: [(task: Int, next: UInt64, records: [JournalRecord])] = []
    var messageCount = 0
    var byteCount = 0
    /// When the last one was committed, and how long that took.
    var committedAt = ContinuousClock.now
    var commitDuration = Duration.zero

    var isEmpty: Bool { outputs.isEmpty }

    mutating func append(_ outputs: HeldOutputs) {
        self.outputs.append(outputs)
        messageCount += outputs.outbox.messages.count
        byteCount += outputs.outbox.byteCount
    }

    /// Where its inputs stand.
    var positions: [PartitionOffset] {
        var newest: [TopicPartition: Int64] = [:]
        for position in outputs.lazy.flatMap(\.positions) {
            newest[position.partition] = max(newest[position.partition] ?? 0, position.offset)
        }
        return newest.map { PartitionOffset($0, $1) }
    }
}

/// Exactly once: outputs go into a transaction as they are made, and with each commit the journal
/// of their batches and the positions behind them.
extension StreamWorker {
    var isTransactional: Bool { journals == nil }

    /// A commit may take this share of the time at most; a slow coordinator makes them rarer.
    private static let commitShare = 10
    private static let commitIntervalMax = Duration.seconds(2)
    private static let attemptsMax = 3

    mutating func add(_ outputs: HeldOutputs, batch: JournalBatch?) throws(WorkerError) {
        if let batch { books.append(batch, task: outputs.task) }
        transaction.append(outputs)
        do throws(WorkerError) { try sendInTransaction(outputs) } catch {
            // A transaction in which a delivery has failed takes nothing more.
            guard case .kafka(let failure) = error, !failure.isFatal else { throw error }
            note(failure)
            try sendAgain()
        }
    }

    private mutating func sendInTransaction(_ outputs: HeldOutputs) throws(WorkerError) {
        if !deliveries.isInTransaction {
            try deliveries.beginTransaction()
        }
        try send(outputs, next: outputs.number)
    }

    mutating func commitTransactionIfDue() throws(WorkerError) {
        guard !transaction.isEmpty else { return }
        let longest = max(settings.commitInterval, Self.commitIntervalMax)
        let interval = min(
            max(settings.commitInterval, transaction.commitDuration * Self.commitShare), longest)
        let isFull =
            transaction.messageCount > settings.outstandingMax
            || transaction.byteCount > settings.heldBytesMax
        guard isFull || .now - transaction.committedAt >= interval else { return }
        _ = try commitTransaction()
    }

    /// Commits what is open. Aborted for a reason that passes, the same is sent again.
    ///
    /// - Returns: false if the group has gone on without us: nothing of it happened, and no task is
    ///   held any more.
    mutating func commitTransaction() throws(WorkerError) -> Bool {
        guard !transaction.isEmpty else { return true }
        try tellCompared()
        for task in books.due {
            let (records, next) = books.takeRecords(of: task)
            transaction.journal.append((task, next, records))
        }
        let begin = ContinuousClock.now
        var attempts = 0
        while true {
            attempts += 1
            do throws(KafkaError) {
                try commitOnce()
                break
            } catch {
                guard !error.isFatal else { throw .kafka(error) }
                note(error)
                if error.code.meansGroupWentOn {
                    try abort()
                    dropAllTasks()
                    return false
                }
                guard attempts < Self.attemptsMax else { throw .kafka(error) }
            }
            try sendAgain()
        }
        noteCommitted(after: .now - begin)
        return true
    }

    /// Aborts what is open, however long the coordinator is away.
    private mutating func abort() throws(WorkerError) {
        let begin = ContinuousClock.now
        while true {
            do throws(WorkerError) {
                return try deliveries.abortTransaction(within: settings.transactionPatience)
            } catch {
                guard case .kafka(let failure) = error, failure.isRetriable, !control.isStopping,
                    .now - begin < Self.abortPatience
                else { throw error }
                note(failure)
            }
        }
    }

    /// Aborts what is open, and sends all of it in a transaction anew. What was under way when the
    /// first failed may fail that one as well.
    private mutating func sendAgain() throws(WorkerError) {
        var attempts = 0
        while true {
            attempts += 1
            try abort()
            do throws(WorkerError) {
                try deliveries.beginTransaction()
                for outputs in transaction.outputs { try send(outputs, next: outputs.number) }
                return
            } catch {
                guard case .kafka(let failure) = error, !failure.isFatal,
                    attempts < Self.attemptsMax
                else { throw error }
                note(failure)
            }
        }
    }

    /// As long as a producer without transactions keeps trying, by default.
    private static let abortPatience = Duration.seconds(300)

    private mutating func commitOnce() throws(KafkaError) {
        for (task, _, records) in transaction.journal {
            for record in records { try deliveries.sendJournal(record, task: task) }
        }
        try deliveries.commitTransaction(
            transaction.positions, of: consumer, within: settings.transactionPatience)
    }

    private mutating func noteCommitted(after duration: Duration) {
        for (task, next, _) in transaction.journal {
            books.noteWritten(task: task, next: next, offset: deliveries.journalOffset(task: task))
        }
        for outputs in transaction.outputs {
            deliveries.noteCommitted(outputs)
            held.giveBack(outputs)
        }
        transaction = OpenTransaction()
        transaction.commitDuration = duration
        status.commits += 1
    }

    /// What is open never happened; its tasks are had back from the journal, here or elsewhere.
    mutating func abandonTransaction() throws(WorkerError) {
        if deliveries.isInTransaction {
            try deliveries.abortTransaction(within: settings.transactionPatience)
        }
        for outputs in transaction.outputs { held.giveBack(outputs) }
        transaction = OpenTransaction()
    }

    /// The group went on: it will say which tasks are ours, and they begin from what is committed.
    private mutating func dropAllTasks() {
        for outputs in transaction.outputs { held.giveBack(outputs) }
        transaction = OpenTransaction()
        for number in tasks.keys.sorted() { drop(number) }
    }
}
