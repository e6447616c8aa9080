internal import Dispatch
internal import Synchronization

/// Calls `body` once for each place, on so many threads at most and on all processors at most; the
/// results stand in the order of places, so they do not tell how many there were.
func concurrently<Value: Sendable>(
    _ count: Int, threadsMax: Int, _ body: @Sendable (_ place: Int) -> Value
) -> [Value] {
    let found = Mutex<[Value?]>(Array(repeating: nil, count: count))
    let next = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: min(count, threadsMax)) { _ in
        while true {
            let place = next.add(1, ordering: .relaxed).oldValue
            guard place < count else { return }
            let value = body(place)
            found.withLock { $0[place] = value }
        }
    }
    return found.withLock { $0.compactMap(\.self) }
}

/// The progress of fits that several threads make.
final class FitProgress: Sendable {
    private let line = Mutex((line: ProgressLine(unit: "fits"), done: UInt64(0)))
    private let total: Int
    private let goesOn: @Sendable () -> Bool

    /// - Parameter goesOn: false once the user has interrupted.
    init(total: Int, while goesOn: @escaping @Sendable () -> Bool) {
        self.total = total
        self.goesOn = goesOn
    }

    /// Notes fits that are done; false when no more are to be made.
    func note(_ count: Int = 1) -> Bool {
        line.withLock { state in
            state.done += UInt64(count)
            let fraction = total > 0 ? min(1, Double(state.done) / Double(total)) : nil
            state.line.update(count: state.done, fraction: fraction)
        }
        return goesOn()
    }

    func clear() { line.withLock { $0.line.clear() } }
}
