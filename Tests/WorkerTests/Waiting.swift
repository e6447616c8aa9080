import Foundation
import Testing

/// Runs a body that blocks on a thread of its own, so that tests that wait do not wait in line.
func onOwnThread(_ body: @escaping @Sendable () throws -> Void) async throws {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Result(catching: body)) }
    }
}

/// A wait that ends with the condition, or with the test's failure at the limit.
func eventually(
    _ what: String, within limit: Duration = .seconds(60),
    location: SourceLocation = #_sourceLocation, _ condition: () throws -> Bool
) throws {
    let pace = DispatchSemaphore(value: 0)
    let end = ContinuousClock.now + limit
    while try !condition() {
        guard ContinuousClock.now < end else {
            throw NeverHappened(what: what, location: location)
        }
        _ = pace.wait(timeout: .now() + .milliseconds(5))
    }
}

struct NeverHappened: Error, CustomStringConvertible {
    let what: String
    let location: SourceLocation
    var description: String { "never happened: \(what), awaited at \(location)" }
}
