internal import Dispatch
internal import Foundation
#if canImport(FoundationNetworking)
    internal import FoundationNetworking
#endif
internal import Synchronization

/// What waits for one receiver, and the thread that posts it in its order.
final class ReceiverQueue: Sendable {
    private enum Stage {
        case open
        /// What waits is tried once more.
        case closing
        /// Nothing is tried any more.
        case abandoned
    }

    private struct State {
        /// The first one is under way.
        var waiting: [[UInt8]] = []
        var counts = WebhookSender.Counts()
        var stage = Stage.open
        var exchange: URLSessionDataTask?
    }

    private let url: URL
    private let limits: WebhookSender.Limits
    private let state = Mutex(State())
    /// Signalled for each message, and to end.
    private let wake = DispatchSemaphore(value: 0)
    /// Signalled to end: cuts a pause short.
    private let hurry = DispatchSemaphore(value: 0)
    private let ended = DispatchSemaphore(value: 0)

    /// Starts the thread.
    init(_ url: URL, _ limits: WebhookSender.Limits) {
        self.url = url
        self.limits = limits
        Thread { [self] in run() }.start()
    }

    var counts: WebhookSender.Counts { state.withLock { $0.counts } }

    var isIdle: Bool { state.withLock { $0.waiting.isEmpty } }

    func append(_ body: [UInt8]) {
        let isQueued = state.withLock { state in
            guard state.stage == .open, state.waiting.count < limits.waitingMax else {
                state.counts.dropped += 1
                return false
            }
            state.waiting.append(body)
            return true
        }
        if isQueued { wake.signal() }
    }

    /// Takes nothing more, and ends once each message that waits was tried.
    func close() {
        state.withLock { state in if state.stage == .open { state.stage = .closing } }
        hurry.signal()
        wake.signal()
    }

    /// Drops what waits, and lets go of what is under way.
    func abandon() {
        let exchange = state.withLock { state in
            state.stage = .abandoned
            state.counts.dropped += max(0, state.waiting.count - 1)
            state.waiting.removeLast(max(0, state.waiting.count - 1))
            return state.exchange
        }
        exchange?.cancel()
    }

    /// Waits for the thread's end.
    func hasEnded(by time: DispatchTime) -> Bool {
        guard ended.wait(timeout: time) == .success else { return false }
        ended.signal()
        return true
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
                if state.withLock({ $0.stage != .open }) { return }
                continue
            }
            deliver(next, session)
            let isOver = state.withLock { state in
                state.waiting.removeFirst()
                return state.stage != .open && state.waiting.isEmpty
            }
            if isOver { return }
        }
    }

    private func deliver(_ body: [UInt8], _ session: URLSession) {
        var pause = limits.pauseSeconds
        for attempt in 1...max(1, limits.attemptsMax) {
            let answer = exchange(body, session)
            if answer == .taken {
                state.withLock { $0.counts.sent += 1 }
                return
            }
            let isLast = attempt == limits.attemptsMax || state.withLock { $0.stage != .open }
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

    private func exchange(_ body: [UInt8], _ session: URLSession) -> Answer {
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
        let isWanted = state.withLock { state in
            guard state.stage != .abandoned else { return false }
            state.exchange = task
            return true
        }
        defer { state.withLock { $0.exchange = nil } }
        guard isWanted else { return .mayPass }
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
