internal import Bytes

/// What a worker knows of the journals of its tasks: what is in them, and what is not yet.
struct JournalBooks {
    private var books: [Int: Book] = [:]
    /// Names the next takeover.
    private var nextOwner: UInt64

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
        return owner
    }

    /// A task is given up; what was not written of it never will be.
    mutating func close(task: Int) { books[task] = nil }

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

    func isDurable(task: Int, _ number: UInt64) -> Bool { number < books[task]?.durable ?? 0 }

    func owner(ofTask task: Int) -> UInt64 { books[task]?.owner ?? 0 }

    func offset(ofTask task: Int) -> Int64 { books[task]?.offset ?? 0 }
}
