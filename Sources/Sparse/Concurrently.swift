internal import Dispatch
internal import Synchronization

/// Calls `body` once for each place, on so many threads at most and on all processors at most; the
/// results stand in the order of places, so they do not tell how many there were.
public func concurrently<Value: Sendable>(
    _ count: Int, threadsMax: Int, _ body: @Sendable (_ place: Int) -> Value
) -> [Value] {
    guard count > 1, threadsMax > 1 else { return (0..<count).map(body) }
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
