internal import Kafka
public import Pipeline
internal import Synchronization

/// The outside's hold on a running worker: stop it, read what it last published, and ask it for
/// features. Any thread.
public final class WorkerControl: Sendable {
    private let stopping = Atomic(false)
    private let reportWanted = Atomic(false)
    private let latencyResetWanted = Atomic(false)
    private let waker = Mutex<Waker?>(nil)
    private let board = Mutex(WorkerStatus())
    private let unreadable = Mutex<[SnapshotError]>([])
    private let lastReport = Mutex<WorkerReport?>(nil)
    private let questions = LookupQueue()

    public init() {}

    /// Asks the worker to finish its batch, deliver, commit and end.
    public func stop() {
        stopping.store(true, ordering: .relaxed)
        waker.withLock { $0?.wake() }
    }

    public var status: WorkerStatus { board.withLock { $0 } }

    /// Asks for a report; it comes with one of the next batches.
    public func requestReport() { reportWanted.store(true, ordering: .relaxed) }

    /// The newest report. A worker that ends in good order leaves one.
    public var report: WorkerReport? { lastReport.withLock { $0 } }

    /// Asks the worker to begin its latency histogram anew.
    public func resetLatency() { latencyResetWanted.store(true, ordering: .relaxed) }

    func takeLatencyReset() -> Bool {
        latencyResetWanted.exchange(false, ordering: .relaxed)
    }

    public var isStopping: Bool { stopping.load(ordering: .relaxed) }

    func connect(_ waker: Waker) {
        self.waker.withLock { $0 = waker }
        questions.open()
    }

    /// Takes no questions any more.
    func disconnect() { questions.close() }

    // MARK: Questions

    /// Asks for features of entities; the worker answers between two turns, on its own thread.
    ///
    /// - Parameter reply: called once; must not wait.
    public func ask(_ query: FeatureQuery, reply: @escaping @Sendable (LookupReply) -> Void) {
        questions.add(LookupQueue.Question(query: query, asked: .now, reply: reply))
        waker.withLock { $0?.wake() }
    }

    /// Gives up what was asked before a moment and is not answered yet.
    public func expireQuestions(before moment: ContinuousClock.Instant) {
        questions.expire(before: moment)
    }

    var hasQuestions: Bool { questions.hasQuestions }

    func takeQuestions(rowsMax: Int) -> ArraySlice<LookupQueue.Question> {
        questions.take(rowsMax: rowsMax)
    }

    /// Why the newest snapshots were passed over when a task was restored, oldest complaint first.
    public var unreadableSnapshots: [SnapshotError] { unreadable.withLock { $0 } }

    func publish(unreadable error: SnapshotError) {
        unreadable.withLock { $0 = $0.suffix(Self.complaintsMax - 1) + [error] }
    }

    private static let complaintsMax = 16

    func publish(_ status: WorkerStatus) { board.withLock { $0 = status } }

    func takeReportRequest() -> Bool {
        reportWanted.exchange(false, ordering: .relaxed)
    }

    func publish(_ report: WorkerReport) { lastReport.withLock { $0 = report } }
}
