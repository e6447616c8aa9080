internal import Foundation
internal import Synchronization

/// Posts messages to receivers, each from a queue and a thread of its own: nobody waits for a slow
/// one, neither the caller nor the other receivers.
///
/// A message is tried a few times, at growing distances, and then given up; a queue that is full
/// turns new messages away. Both are counted.
public final class WebhookSender: Sendable {
    /// How long and how often.
    public struct Limits: Equatable, Sendable {
        /// Addresses; messages to further ones are turned away.
        public var receiversMax = 64
        /// Messages that wait for one receiver, 64 kB each at most by `AlertPlan.Limits`.
        public var waitingMax = 500
        /// Attempts for one message.
        public var attemptsMax = 5
        /// How long one attempt may take.
        public var timeoutSeconds = 10.0
        /// The pause after the first failure; each further one is twice as long.
        public var pauseSeconds = 1.0
        public var pauseSecondsMax = 60.0
        /// How long `stop` lets messages that wait be tried once more.
        public var stopSecondsMax = 10.0

        public init() {}
    }

    /// What became of the messages.
    public struct Counts: Equatable, Sendable {
        /// Answered with 2xx.
        public var sent = 0
        /// Attempts that failed and were followed by another.
        public var retries = 0
        /// Given up: refused by the receiver, or out of attempts.
        public var failed = 0
        /// Turned away because the queue was full, or because the sender was stopping.
        public var dropped = 0

        static func + (a: Counts, b: Counts) -> Counts {
            var sum = a
            sum.sent += b.sent
            sum.retries += b.retries
            sum.failed += b.failed
            sum.dropped += b.dropped
            return sum
        }
    }

    private struct State {
        var queues: [String: ReceiverQueue] = [:]
        /// Of messages that no queue took.
        var counts = Counts()
        var isStopping = false
    }

    private let limits: Limits
    private let state = Mutex(State())

    public init(_ limits: Limits = Limits()) { self.limits = limits }

    /// Of all receivers together.
    public var counts: Counts {
        let (queues, own) = state.withLock { (Array($0.queues.values), $0.counts) }
        return queues.map(\.counts).reduce(own, +)
    }

    /// Whether nothing waits or is under way.
    public var isIdle: Bool {
        state.withLock { Array($0.queues.values) }.allSatisfy(\.isIdle)
    }

    /// Queues a JSON document; what is no address is counted as failed.
    public func post(_ body: [UInt8], to address: String) {
        queue(of: address)?.append(body)
    }

    private func queue(of address: String) -> ReceiverQueue? {
        state.withLock { state in
            guard !state.isStopping else {
                state.counts.dropped += 1
                return nil
            }
            if let known = state.queues[address] { return known }
            guard let url = URL(string: address) else {
                state.counts.failed += 1
                return nil
            }
            guard state.queues.count < limits.receiversMax else {
                state.counts.dropped += 1
                return nil
            }
            let queue = ReceiverQueue(url, limits)
            state.queues[address] = queue
            return queue
        }
    }

    /// Ends the threads after what they are at: what waits is tried once more each, without
    /// pauses, for `stopSecondsMax` at most; the rest is dropped.
    public func stop() {
        let queues = state.withLock { state in
            defer { state.isStopping = true }
            return state.isStopping ? [] : Array(state.queues.values)
        }
        for queue in queues { queue.close() }
        let end = DispatchTime.now() + limits.stopSecondsMax
        let late = queues.filter { !$0.hasEnded(by: end) }
        for queue in late { queue.abandon() }
        let last = DispatchTime.now() + Self.cancellationSeconds
        for queue in late { _ = queue.hasEnded(by: last) }
    }

    /// How long a request that is cancelled may take to end.
    private static let cancellationSeconds = 1.0
}
