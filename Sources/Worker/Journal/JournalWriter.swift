internal import Bytes
internal import Kafka

/// The journals of a worker's tasks, on their way to the broker: at least once.
///
/// One record of a task is under way at a time; batches that end meanwhile share the next one. So
/// the journal costs one small record per round trip, however small the batches are, and a batch
/// waits two round trips at most.
struct JournalWriter: ~Copyable {
    private var producer: Producer
    private let topic: TopicHandle
    private var inFlight: [(batch: BatchNumber, task: Int, next: UInt64)] = []

    /// The producer is apart from that of the outputs, because it never waits for more.
    init(
        _ settings: WorkerSettings, waking waker: Waker, log: @escaping LogSink
    ) throws(KafkaError) {
        var properties = settings.producer
        properties.set("linger.ms", "0")
        var producer = try Producer(properties, waking: waker, log: log)
        topic = try producer.topic(settings.journalTopic)
        self.producer = producer
    }

    /// Writes one record, and waits until it is there.
    mutating func write(
        _ record: JournalRecord, task: Int, _ books: inout JournalBooks, within patience: Duration
    ) throws(WorkerError) {
        try flush(&books, within: patience)
        try send(record, task: task)
        inFlight.append((producer.sealBatch(), task, 0))
        try flush(&books, within: patience)
    }

    /// Sends what ended since the last record, where none is under way.
    mutating func write(_ books: inout JournalBooks) throws(WorkerError) {
        for task in books.due {
            let (records, next) = books.takeRecords(of: task)
            for record in records { try send(record, task: task) }
            inFlight.append((producer.sealBatch(), task, next))
        }
    }

    private mutating func send(_ record: JournalRecord, task: Int) throws(WorkerError) {
        var bytes = ByteWriter()
        record.append(to: &bytes)
        do throws(KafkaError) {
            try producer.send(
                to: topic, .partition(task), key: nil, value: bytes.bytes, timestampMillis: 0)
        } catch { throw .kafka(error) }
    }

    /// Takes in acknowledgements.
    mutating func takeSettled(_ books: inout JournalBooks) throws(WorkerError) {
        while let event = producer.poll() {
            guard case .settled(let delivery) = event else {
                if case .error(let error) = event, error.isFatal { throw .kafka(error) }
                continue
            }
            guard delivery.isComplete else {
                throw .undelivered(count: delivery.failedCount, first: delivery.firstFailure)
            }
            guard let first = inFlight.first, first.batch == delivery.batch else { continue }
            inFlight.removeFirst()
            books.noteAcknowledged(
                task: first.task, next: first.next, offset: delivery.lastOffset)
        }
    }

    /// Waits until everything that ended is in the journal.
    mutating func flush(
        _ books: inout JournalBooks, within patience: Duration
    ) throws(WorkerError) {
        try write(&books)
        repeat {
            let remaining = producer.flush(within: patience)
            try takeSettled(&books)
            guard remaining == 0 else { throw .undelivered(count: remaining, first: nil) }
            try write(&books)
        } while !inFlight.isEmpty
    }
}
