import Foundation
import Kafka
import Pipeline
import Synchronization
import Testing
import Worker

/// A worker on a thread of its own.
final class RunningWorker: Sendable {
    let control = WorkerControl()
    private let outcome = Mutex<Result<Void, WorkerError>?>(nil)

    /// - Parameter owner: under which it takes its first task.
    init(
        _ settings: WorkerSettings, _ pipeline: PipelineSettings,
        owner: UInt64 = .random(in: 1 ... .max)
    ) {
        let thread = Thread { [self] in
            let result = Result { () throws(WorkerError) in
                try Self.run(settings, pipeline, control, owner)
            }
            outcome.withLock { $0 = result }
        }
        thread.start()
    }

    private static func run(
        _ settings: WorkerSettings, _ pipeline: PipelineSettings, _ control: WorkerControl,
        _ owner: UInt64
    ) throws(WorkerError) {
        var worker: StreamWorker
        do throws(KafkaError) {
            worker = try StreamWorker(
                settings, pipeline: pipeline, control: control, owner: owner)
        } catch {
            throw .kafka(error)
        }
        try worker.run()
    }

    var status: WorkerStatus { control.status }

    func awaitPhase(
        _ phase: WorkerStatus.Phase, location: SourceLocation = #_sourceLocation
    ) throws {
        try eventually("\(phase)", location: location) { status.phase == phase }
    }

    /// Waits until it ends by itself or was stopped.
    func awaitEnd(location: SourceLocation = #_sourceLocation) throws -> Result<Void, WorkerError> {
        try eventually("the worker's end", location: location) {
            outcome.withLock { $0 != nil }
        }
        return try #require(outcome.withLock { $0 })
    }

    /// Stops it in good order.
    @discardableResult
    func stop(location: SourceLocation = #_sourceLocation) throws -> WorkerReport {
        control.stop()
        try awaitEnd(location: location).get()
        return try #require(control.report)
    }

    /// The error that ended it.
    func failure(location: SourceLocation = #_sourceLocation) throws -> WorkerError? {
        if case .failure(let error) = try awaitEnd(location: location) { return error }
        return nil
    }
}
