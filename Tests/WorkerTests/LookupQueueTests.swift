import Pipeline
import Synchronization
import Testing

@testable import Worker

/// What becomes of questions that no worker answers.
struct LookupQueueTests {
    private static let query = FeatureQuery(consumer: "test", features: [], rows: [])

    /// Replies in the order in which they came, as words.
    private final class Replies: Sendable {
        private let list = Mutex<[String]>([])

        var all: [String] { list.withLock { $0 } }

        func question(_ name: String, asked: ContinuousClock.Instant = .now) -> LookupQueue.Question
        {
            LookupQueue.Question(query: LookupQueueTests.query, asked: asked) { reply in
                self.list.withLock { $0.append("\(name) \(Self.word(reply))") }
            }
        }

        private static func word(_ reply: LookupReply) -> String {
            switch reply {
            case .answer: "answer"
            case .notServing(let phase): phase.rawValue
            case .busy: "busy"
            }
        }
    }

    @Test func withoutAWorkerNobodyWaits() {
        let replies = Replies()
        let queue = LookupQueue()
        queue.add(replies.question("before"))
        queue.open()
        queue.add(replies.question("while"))
        #expect(replies.all == ["before stopped"])
        queue.close()
        queue.add(replies.question("after"))
        #expect(replies.all == ["before stopped", "while stopped", "after stopped"])
        #expect(queue.take(rowsMax: 9).isEmpty)
    }

    @Test func whatIsNotTakenInTimeIsGivenUp() {
        let replies = Replies()
        let queue = LookupQueue()
        let start = ContinuousClock.now
        queue.open()
        queue.add(replies.question("first", asked: start))
        queue.add(replies.question("second", asked: start + .seconds(1)))
        queue.expire(before: start)
        #expect(replies.all.isEmpty)
        queue.expire(before: start + .milliseconds(500))
        #expect(replies.all == ["first busy"])
        #expect(queue.take(rowsMax: 9).count == 1 && queue.take(rowsMax: 9).isEmpty)
        queue.expire(before: start + .seconds(9))
        #expect(replies.all == ["first busy"])
    }

    @Test func noMoreWaitThanThereIsRoomFor() {
        let replies = Replies()
        let queue = LookupQueue()
        queue.open()
        for number in 0..<5_000 { queue.add(replies.question("\(number)")) }
        let refused = replies.all
        #expect(refused.first == "4096 busy" && refused.count == 904)
        #expect(queue.take(rowsMax: .max).count == 4_096)
    }

    /// A flood is answered a piece at a time, in order, and no question is left behind.
    @Test func aTurnAnswersSoManyRows() {
        let queue = LookupQueue()
        queue.open()
        for rows in [3, 4, 5, 60, 1] {
            let query = FeatureQuery(
                consumer: "test", features: [], rows: Array(repeating: [], count: rows))
            queue.add(LookupQueue.Question(query: query, asked: .now) { _ in })
        }
        var turns: [[Int]] = []
        while queue.hasQuestions { turns.append(queue.take(rowsMax: 8).map(\.query.rows.count)) }
        #expect(turns == [[3, 4, 5], [60], [1]])
    }
}
