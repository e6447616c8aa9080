import Foundation
import Kafka
import Pipeline
import Synchronization
import Worker

/// A worker on a thread of its own.
final class WorkerThread: Sendable {
    let control = WorkerControl()
    private let outcome = Mutex<Result<Void, any Error>?>(nil)

    init(_ settings: WorkerSettings, _ pipeline: PipelineSettings) {
        let thread = Thread { [self] in
            let result = Result {
                var worker = try StreamWorker(settings, pipeline: pipeline, control: control)
                try worker.run()
            }
            outcome.withLock { $0 = result }
        }
        thread.name = "worker"
        thread.stackSize = 8 << 20
        thread.start()
    }

    /// Looks at the worker's state every millisecond until it is as wanted.
    ///
    /// - Throws: what ended the worker before, or that it took too long.
    func wait(
        atMost patience: Duration = .seconds(60), until wanted: (WorkerStatus) -> Bool
    ) throws -> WorkerStatus {
        let begin = ContinuousClock.now
        while true {
            let status = control.status
            if wanted(status) { return status }
            try outcome.withLock { try $0?.get() }
            guard ContinuousClock.now - begin < patience else {
                throw TooSlow(records: status.records, delivered: status.delivered)
            }
            usleep(1_000)
        }
    }

    /// Lets the worker deliver, commit and end.
    func finish() throws {
        control.stop()
        while outcome.withLock({ $0 == nil }) { usleep(1_000) }
        try outcome.withLock { try $0?.get() }
    }

    struct TooSlow: Error {
        let records: UInt64
        let delivered: UInt64
    }
}
