internal import CRdKafka
internal import Glibc

/// A counter of the kernel's that one thread waits for and any thread may raise.
final class WakeSignal: Sendable {
    let descriptor: Int32

    init() throws(KafkaError) {
        descriptor = crdkafka_eventfd()
        guard descriptor >= 0 else {
            throw KafkaError(.systemResource, "create a wake-up descriptor")
        }
    }

    deinit { close(descriptor) }

    /// What the library writes to `descriptor` when a queue gets its first entry.
    static let payload: UInt64 = 1

    func raise() {
        var one = Self.payload
        unsafe write(descriptor, &one, MemoryLayout<UInt64>.size)
    }

    /// Blocks until raised, the timeout or a signal; then lowers. Whether it was raised.
    func wait(atMost timeout: Duration) -> Bool {
        var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard unsafe Glibc.poll(&request, 1, timeout.wholeMillis) > 0 else { return false }
        var count: UInt64 = 0
        return unsafe read(descriptor, &count, MemoryLayout<UInt64>.size) > 0
    }
}

/// Ends another thread's `Consumer.wait`, for shutdown or new work. Any thread may use it.
public struct Waker: Sendable {
    let signal: WakeSignal

    /// Ends the present wait, or the next if there is none. From any thread.
    public func wake() { signal.raise() }
}
