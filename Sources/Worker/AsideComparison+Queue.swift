internal import Dispatch
public import Pipeline
internal import Synchronization

extension AsideComparison {
    /// On a queue that all workers of the process share.
    ///
    /// - Parameter notify: told, on that queue, when there is a result.
    public static func queued(
        _ notify: @escaping @Sendable () -> Void = {}
    ) -> AsideComparison {
        AsideComparison { work in
            let result = Result()
            let group = DispatchGroup()
            queue.async(group: group) {
                let compared = work()
                result.value.withLock { $0 = compared }
                notify()
            }
            return Begun {
                result.value.withLock { $0 != nil }
            } result: {
                group.wait()
                guard let compared = result.value.withLock({ $0 }) else {
                    preconditionFailure("the group's work has ended")
                }
                return compared
            }
        }
    }

    private static let queue = DispatchQueue(label: "espalier.drift")

    private final class Result: Sendable {
        let value = Mutex<Compared?>(nil)
    }
}
