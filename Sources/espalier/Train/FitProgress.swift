internal import Synchronization

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
