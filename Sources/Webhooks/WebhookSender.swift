internal import Dispatch
internal import Foundation
#if canImport(FoundationNetworking)
    internal import FoundationNetworking
#endif
internal import Synchronization

/// Posts messages to receivers from a thread of its own, so that nobody waits for a slow one.
///
/// A message is tried a few times, at growing distances, and then given up; a queue that is full
/// turns new messages away. Both are counted.
public final class WebhookSender: Sendable {
    /// How long and how often.
    public struct Limits: Equatable, Sendable {
        /// Messages that wait, 64 kB each at most by `AlertPlan.Limits`.
        public var waitingMax = 1_000
        /// Attempts for one message.
        public var attemptsMax = 5
        /// How long one attempt may take.
        public var timeoutSeconds = 10.0
        /// The pause after the first failure; each further one is twice as long.
        public var pauseSeconds = 1.0
        public var pauseSecondsMax = 60.0

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
        /// Turned away because the queue was full, or because the sender is stopping.
        public var dropped = 0
    }

    private struct State {
        var waiting: [(url: URL, body: [UInt8])] = []
        var counts = Counts()
        var isStopping = false
    }

    private let limits: Limits
    private let state = Mutex(State())
    /// Signalled for each message, and to stop.
    private let wake = DispatchSemaphore(value: 0)
    private let hurry = DispatchSemaphore(value: 0)
    private let ended = DispatchSemaphore(value: 0)

    /// Starts the thread.
    public init(_ limits: Limits = Limits()) {
        self.limits = limits
        Thread { [self] in run() }.start()
    }

    public var counts: Counts { state.withLock { $0.counts } }

    /// Whether nothing waits or is under way.
    public var isIdle: Bool { state.withLock { $0.waiting.isEmpty } }

    /// Queues a JSON document; what is no address is counted as failed.
    public func post(_ body: [UInt8], to address: String) {
        guard let url = URL(string: address) else {
            state.withLock { $0.counts.failed += 1 }
            return
        }
        let isQueued = state.withLock { state in
            guard !state.isStopping, state.waiting.count < limits.waitingMax else {
                state.counts.dropped += 1
                return false
            }
            state.waiting.append((url, body))
            return true
        }
        if isQueued { wake.signal() }
    }

    /// Ends the thread after what it is at; what waits is tried once more each, without pauses.
    public func stop() {
        let wasStopping = state.withLock { state in
            defer { state.isStopping = true }
            return state.isStopping
        }
        guard !wasStopping else { return }
        hurry.signal()
        wake.signal()
        ended.wait()
    }

    private func run() {
        let session = URLSession(configuration: .ephemeral)
        defer {
            session.invalidateAndCancel()
            ended.signal()
        }
        while true {
            wake.wait()
            guard let next = state.withLock({ $0.waiting.first }) else {
                if state.withLock({ $0.isStopping }) { return }
                continue
            }
            deliver(next.body, to: next.url, session)
            let isOver = state.withLock { state in
                state.waiting.removeFirst()
                return state.isStopping && state.waiting.isEmpty
            }
            if isOver { return }
        }
    }

    private func deliver(_ body: [UInt8], to url: URL, _ session: URLSession) {
        var pause = limits.pauseSeconds
        for attempt in 1...max(1, limits.attemptsMax) {
            let answer = exchange(body, url, session)
            if answer == .taken {
                state.withLock { $0.counts.sent += 1 }
                return
            }
            let isLast = attempt == limits.attemptsMax || state.withLock { $0.isStopping }
            guard answer == .mayPass, !isLast else { break }
            state.withLock { $0.counts.retries += 1 }
            if hurry.wait(timeout: .now() + pause) == .success { hurry.signal() }
            pause = min(limits.pauseSecondsMax, 2 * pause)
        }
        state.withLock { $0.counts.failed += 1 }
    }

    private enum Answer: Sendable {
        case taken
        /// The receiver will not have it, now or later.
        case refused
        /// No answer, or one that another attempt may change.
        case mayPass
    }

    private func exchange(_ body: [UInt8], _ url: URL, _ session: URLSession) -> Answer {
        var request = URLRequest(url: url, timeoutInterval: limits.timeoutSeconds)
        request.httpMethod = "POST"
        request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        request.httpBody = Data(body)
        let answered = DispatchSemaphore(value: 0)
        let code = Mutex<Int?>(nil)
        let task = session.dataTask(with: request) { _, response, _ in
            code.withLock { $0 = (response as? HTTPURLResponse)?.statusCode }
            answered.signal()
        }
        task.resume()
        if answered.wait(timeout: .now() + 2 * limits.timeoutSeconds) == .timedOut {
            task.cancel()
            return .mayPass
        }
        switch code.withLock({ $0 }) {
        case .some(200..<300): return .taken
        case .some(408), .some(429), .some(500...), nil: return .mayPass
        default: return .refused
        }
    }
}
