internal import Glibc
internal import Synchronization

/// SIGINT and SIGTERM, taken as a wish to stop in good order; the second one ends the process at
/// once.
enum Interruption {
    private static let count = Atomic<Int>(0)

    /// Begins to listen.
    static func listen() {
        _ = count.load(ordering: .relaxed)
        // Whoever started this process may have blocked them.
        var signals = sigset_t()
        unsafe sigemptyset(&signals)
        for number in [SIGINT, SIGTERM] { unsafe sigaddset(&signals, number) }
        unsafe pthread_sigmask(SIG_UNBLOCK, &signals, nil)
        for number in [SIGINT, SIGTERM] {
            _ = signal(number) { _ in
                if Interruption.count.add(1, ordering: .relaxed).newValue > 1 {
                    _exit(ExitStatus.interrupted.rawValue)
                }
            }
        }
    }

    static var hasCome: Bool { count.load(ordering: .relaxed) > 0 }
}
