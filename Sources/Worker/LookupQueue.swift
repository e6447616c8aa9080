internal import Kafka
public import Pipeline
internal import Synchronization

/// Questions about features from other threads, until the worker answers them between two turns.
///
/// The worker asks one flag whether there are any. What no worker takes in time is given up by
/// whoever waits (`expire`).
final class LookupQueue: Sendable {
    struct Question: Sendable {
        let query: FeatureQuery
        let asked: ContinuousClock.Instant
        let reply: @Sendable (LookupReply) -> Void
    }

    private struct State {
        var isOpen = false
        var questions: [Question] = []
    }

    /// Questions that may wait; about 1 kB each.
    private static let waitingMax = 4_096

    private let state = Mutex(State())
    private let isWaiting = Atomic(false)

    /// Takes questions from now on.
    func open() { state.withLock { $0.isOpen = true } }

    /// Takes none any more, and answers those that wait.
    func close() {
        let left = state.withLock { state in
            defer { state = State() }
            return state.questions
        }
        for question in left { question.reply(.notServing(.stopped)) }
    }

    func add(_ question: Question) {
        let refusal = state.withLock { state -> LookupReply? in
            guard state.isOpen else { return .notServing(.stopped) }
            guard state.questions.count < Self.waitingMax else { return .busy }
            state.questions.append(question)
            isWaiting.store(true, ordering: .releasing)
            return nil
        }
        if let refusal { question.reply(refusal) }
    }

    /// Whether any wait; a moment later it may be otherwise.
    var hasQuestions: Bool { isWaiting.load(ordering: .acquiring) }

    /// The first asked of those that wait, up to the one that makes it `rowsMax` rows.
    func take(rowsMax: Int) -> ArraySlice<Question> {
        guard hasQuestions else { return [] }
        return state.withLock { state in
            var rows = 0
            let taken = state.questions.prefix { question in
                defer { rows += question.query.rows.count }
                return rows < rowsMax
            }
            state.questions.removeFirst(taken.count)
            isWaiting.store(!state.questions.isEmpty, ordering: .relaxed)
            return taken
        }
    }

    /// Gives up what was asked before a moment.
    func expire(before moment: ContinuousClock.Instant) {
        guard hasQuestions else { return }
        let late = state.withLock { state -> ArraySlice<Question> in
            let count = state.questions.prefix { $0.asked < moment }.count
            defer { state.questions.removeFirst(count) }
            return state.questions.prefix(count)
        }
        for question in late { question.reply(.busy) }
    }
}

/// What a worker says to a question about features.
public enum LookupReply: Sendable {
    /// Of its tasks together.
    case answer(FeatureAnswer)
    /// It has no task whose state is complete.
    case notServing(WorkerStatus.Phase)
    /// Too many wait, or it did not come to it in time.
    case busy
}
