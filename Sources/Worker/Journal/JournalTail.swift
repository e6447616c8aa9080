internal import Bytes
internal import Kafka

/// Reads a task's journal from an offset up to the end that it had when its reader took the task
/// over. Not a member of the group.
final class JournalTail {
    /// A record, the offset behind it, and when it was written, by the clock of whoever did.
    typealias Entry = (record: JournalRecord, end: Int64, writtenMillis: Int64?)

    private let task: Int
    private var consumer: Consumer
    private var queue: PartitionQueue
    private var batch = MessageBatch(capacity: 256)
    private var index = 0
    private let owner: UInt64?
    private let opened = ContinuousClock.now
    private var lastFound = ContinuousClock.now
    private let last: Int64
    private(set) var isAtEnd = false
    /// What the broker last complained of.
    private var lastError: KafkaError?

    /// - Parameters:
    ///   - start: where to begin; nil for the beginning.
    ///   - owner: whose takeover ends it; nil: the end of the partition does.
    init(
        _ settings: WorkerSettings, task: Int, from start: Int64?, until owner: UInt64?
    ) throws(WorkerError) {
        self.task = task
        self.owner = owner
        let partition = TopicPartition(settings.journalTopic, task)
        let held: Range<Int64>
        do throws(KafkaError) {
            var consumer = try Consumer.connected(
                settings.consumer, within: settings.connectPatience)
            held = try consumer.watermarks(of: partition, within: settings.connectPatience)
            let place = PartitionStart.Place.offset(start ?? held.lowerBound)
            try consumer.assign([PartitionStart(partition, from: place)])
            queue = try consumer.queue(of: partition)
            self.consumer = consumer
        } catch { throw .kafka(error) }
        last = held.upperBound
        if let start, held.lowerBound > start {
            throw .recovery(
                .journalTooShort(task: task, oldest: held.lowerBound, needed: start))
        }
        isAtEnd = held.isEmpty
    }

    var age: Duration { .now - opened }

    /// The end that was found may have moved on.
    func lookAgain() { isAtEnd = false }

    /// The next record, if it is here; nil at the end, too.
    func next() throws(WorkerError) -> Entry? {
        noteErrors()
        guard !isAtEnd else { return nil }
        if index >= batch.count {
            index = 0
            if queue.refill(&batch) == 0 {
                isAtEnd = queue.isCaughtUp && (owner == nil || (queue.position ?? 0) >= last)
                return nil
            }
        }
        defer { index += 1 }
        let offset = batch.offset(index)
        do throws(FormatError) {
            let record = try Self.record(batch, index)
            if let owner, record == .takeover(owner: owner) { isAtEnd = true }
            return (record, offset + 1, batch.timestampMillis(index))
        } catch {
            throw .recovery(
                .journalUnreadable(task: task, offset: offset, error.description))
        }
    }

    private static func record(
        _ batch: borrowing MessageBatch, _ index: Int
    ) throws(FormatError) -> JournalRecord {
        guard let payload = batch.payload(index) else {
            throw .truncated(at: 0, needed: 1, available: 0)
        }
        return try JournalRecord(payload)
    }

    /// Reads it to its end, to see what is in it.
    ///
    /// - Parameters:
    ///   - first: the first batch whose model is of interest.
    ///   - owner: who held the task where reading begins.
    func survey(
        since first: UInt64 = 0, owner: UInt64? = nil, within patience: Duration
    ) throws(WorkerError) -> JournalSurvey {
        var survey = JournalSurvey(first: first, owner: owner)
        while let entry = try awaitNext(within: patience) { survey.note(entry) }
        return survey
    }

    /// Looks through what is here of it, without waiting.
    ///
    /// - Returns: the records read.
    /// - Throws: `journalSilent` when none has come for that long.
    func look(
        through survey: inout JournalSurvey, upTo recordsMax: Int, within patience: Duration
    ) throws(WorkerError) -> Int {
        var count = 0
        while count < recordsMax, let entry = try next() {
            survey.note(entry)
            count += 1
        }
        if count > 0 { lastFound = .now }
        guard isAtEnd || .now - lastFound < patience else {
            throw .journalSilent(task: task, last: lastError)
        }
        return count
    }

    /// The next record, waited for; nil at the end.
    func awaitNext(within patience: Duration) throws(WorkerError) -> Entry? {
        let begin = ContinuousClock.now
        while !isAtEnd {
            if let entry = try next() { return entry }
            _ = consumer.wait(atMost: Self.lookWait)
            guard .now - begin < patience else {
                throw .journalSilent(task: task, last: lastError)
            }
        }
        return nil
    }

    private func noteErrors() {
        while let event = consumer.poll() {
            if case .error(let error) = event { lastError = error }
        }
        if let error = queue.takeError() { lastError = error }
    }

    private static let lookWait = Duration.milliseconds(10)
}

/// What a journal holds, at a glance.
struct JournalSurvey {
    /// The first batch whose model is of interest: what a state at hand does not hold yet.
    let first: UInt64
    /// Where the last history begins that begins in it.
    var origin: (offset: Int64, positions: [JournalInput: Int64])?
    /// Where that history, or else what is left of the journal, begins to read each of its inputs.
    private(set) var starts: [JournalInput: Int64] = [:]
    /// Who holds the task.
    private var owner: UInt64?
    var hasBatches = false
    /// Behind the last batch in it.
    var next: UInt64 = 0
    /// Versions of the models that scored its batches from the first on.
    var models: Set<String> = []

    init(first: UInt64, owner: UInt64?) {
        self.first = first
        self.owner = owner
    }

    mutating func note(_ entry: JournalTail.Entry) {
        switch entry.record {
        case .takeover(let owner): self.owner = owner
        case .batches(let owner, let batches):
            hasBatches = true
            if owner == self.owner {
                for range in batches.lazy.flatMap(\.ranges) where starts[range.input] == nil {
                    starts[range.input] = range.start
                }
            }
            models.formUnion(batches.filter { $0.number >= first }.compactMap(\.model))
            next = max(next, batches.last.map { $0.number + 1 } ?? 0)
        case .origin(let number, let positions):
            origin = (entry.end - 1, positions)
            starts = positions
            owner = nil
            models.removeAll()
            next = max(next, number)
        }
    }
}
