internal import Bytes

/// What a worker knows of the journals of its tasks: what is in them, and what is not yet.
struct JournalBooks {
    private var books: [Int: Book] = [:]
    /// Names the next takeover.
    private var nextOwner: UInt64
    /// Records that were acknowledged behind others' records.
    private var doubts: [JournalDoubt] = []

    private struct Book {
        /// Names the takeover by which this worker holds the task.
        var owner: UInt64
        var isTakeoverWritten: Bool
        var unwritten: [JournalBatch] = []
        var isUnderWay = false
        /// Batches below this number are in the journal.
        var durable: UInt64 = 0
        /// Where reading may begin to find every batch from `durable` on.
        var offset: Int64 = 0
    }

    init(firstOwner: UInt64) { nextOwner = firstOwner }

    /// Opens a task's book under a new owner.
    ///
    /// - Parameter isTakeoverWritten: false if the takeover goes with the first batches.
    mutating func open(task: Int, isTakeoverWritten: Bool) -> UInt64 {
        let owner = nextOwner
        nextOwner &+= 1
        books[task] = Book(owner: owner, isTakeoverWritten: isTakeoverWritten)
        doubts.removeAll { $0.task == task }
        return owner
    }

    /// A task is given up; what was not written of it never will be.
    mutating func close(task: Int) {
        books[task] = nil
        doubts.removeAll { $0.task == task }
    }

    /// The journal has been read up to the batch before `next`, whose record is at `offset`.
    mutating func noteRead(task: Int, next: UInt64, offset: Int64) {
        books[task]?.durable = next
        books[task]?.offset = offset
    }

    mutating func append(_ batch: JournalBatch, task: Int) {
        books[task]?.unwritten.append(batch)
    }

    /// Tasks with something to write, and nothing under way.
    var due: [Int] {
        books.filter { !$0.value.isUnderWay && !$0.value.unwritten.isEmpty }.keys.sorted()
    }

    /// The records to be written for a task now, and the first batch that they do not hold.
    mutating func takeRecords(of task: Int) -> (records: [JournalRecord], next: UInt64) {
        guard var book = books[task], let last = book.unwritten.last else { return ([], 0) }
        var records: [JournalRecord] = []
        if !book.isTakeoverWritten { records.append(.takeover(owner: book.owner)) }
        records.append(.batches(owner: book.owner, book.unwritten))
        book.unwritten.removeAll(keepingCapacity: true)
        book.isUnderWay = true
        books[task] = book
        return (records, last.number + 1)
    }

    /// What was taken is in the journal, the last record of it at `offset`.
    mutating func noteWritten(task: Int, next: UInt64, offset: Int64?) {
        guard var book = books[task] else { return }
        book.isUnderWay = false
        book.isTakeoverWritten = true
        book.durable = max(book.durable, next)
        book.offset = max(book.offset, offset ?? 0)
        books[task] = book
    }

    /// As `noteWritten`, for a journal that no transactions fence: if someone else has written
    /// since this worker's last record, it may have lost the task, and what it wrote may be void.
    /// Then the batches do not count as durable until `dispel`.
    mutating func noteAcknowledged(task: Int, next: UInt64, offset: Int64?) {
        guard let book = books[task], book.isUnderWay, let offset, offset > book.offset + 1 else {
            return noteWritten(task: task, next: next, offset: offset)
        }
        doubts.append(
            JournalDoubt(
                task: task, owner: book.owner, others: book.offset + 1..<offset, next: next))
    }

    /// What has come up since the last call.
    mutating func takeDoubts() -> [JournalDoubt] {
        defer { doubts.removeAll() }
        return doubts
    }

    /// Nobody took the task over meanwhile.
    mutating func dispel(_ doubt: JournalDoubt) {
        noteWritten(task: doubt.task, next: doubt.next, offset: doubt.others.upperBound)
    }

    func isDurable(task: Int, _ number: UInt64) -> Bool { number < books[task]?.durable ?? 0 }

    func owner(ofTask task: Int) -> UInt64 { books[task]?.owner ?? 0 }

    func offset(ofTask task: Int) -> Int64 { books[task]?.offset ?? 0 }
}

/// Records of others stand before one that a worker wrote: if they took the task over, it is void.
struct JournalDoubt: Equatable {
    var task: Int
    /// By which takeover the worker holds the task.
    var owner: UInt64
    /// Where the others' records are; the worker's own follows.
    var others: Range<Int64>
    /// The first batch that the worker's record does not hold.
    var next: UInt64

    /// Whether one of the others' records takes the task away.
    func isLoss(_ record: JournalRecord) -> Bool {
        switch record {
        case .takeover(let other): other != owner
        case .origin: true
        case .batches: false
        }
    }
}
