internal import Foundation
internal import Kafka
internal import Pipeline
internal import Synchronization
internal import Worker

/// The worker threads of this process: members of one consumer group.
final class Workers: Sendable {
    let controls: [WorkerControl]
    private let ended: Mutex<(count: Int, failure: Failure?)>

    /// Starts the threads.
    init(
        count: Int, _ settings: WorkerSettings, pipeline: PipelineSettings,
        log: @escaping LogSink
    ) {
        controls = (0..<count).map { _ in WorkerControl() }
        ended = Mutex((0, nil))
        for (number, control) in controls.enumerated() {
            let thread = Thread { [self] in
                let own = settings.named(number)
                end(with: Self.run(own, pipeline: pipeline, control: control, log: log))
            }
            thread.name = "worker-\(number)"
            thread.stackSize = 8 << 20
            thread.start()
        }
    }

    private static func run(
        _ settings: WorkerSettings, pipeline: PipelineSettings, control: WorkerControl,
        log: @escaping LogSink
    ) -> Failure? {
        var restarts = 0
        while true {
            let watch = Stopwatch()
            do throws(WorkerError) {
                try run(once: settings, pipeline: pipeline, control: control, log: log)
                return nil
            } catch {
                if watch.seconds > healthySeconds { restarts = 0 }
                restarts += 1
                guard error.mayPassWithAnotherWorker, restarts <= restartsMax, !control.isStopping
                else { return Failure(error) }
                Terminal.error.write("a worker ended and is made anew: \(error)\n")
                Pace.sleep(restartSeconds)
            }
        }
    }

    /// Times in a row that a thread makes its worker anew after an error that only ends a client.
    private static let restartsMax = 5
    private static let restartSeconds = 1.0
    /// A worker that worked so long was no failure to begin with.
    private static let healthySeconds = 600.0

    private static func run(
        once settings: WorkerSettings, pipeline: PipelineSettings, control: WorkerControl,
        log: @escaping LogSink
    ) throws(WorkerError) {
        var worker = try StreamWorker.make(
            settings, pipeline: pipeline, control: control, log: log)
        try worker.run()
    }

    /// One worker that fails stops the others: the process is restarted as a whole.
    private func end(with failure: Failure?) {
        ended.withLock { ended in
            ended.count += 1
            if ended.failure == nil { ended.failure = failure }
        }
        if failure != nil { stop() }
    }

    func stop() {
        for control in controls { control.stop() }
    }

    var haveEnded: Bool { ended.withLock { $0.count == controls.count } }
    var failure: Failure? { ended.withLock { $0.failure } }

    /// Asks every worker to finish, and waits until all have.
    func finish() throws(Failure) {
        stop()
        while !haveEnded { Pace.sleep(0.02) }
        if let failure { throw failure }
    }

    /// What all workers together are doing.
    var status: ServiceStatus { ServiceStatus(controls.map(\.status)) }

    /// Why snapshots were passed over when tasks were restored, and why the last of each worker was
    /// not written.
    var snapshotComplaints: [String] {
        controls.flatMap(\.unreadableSnapshots).map { "a snapshot was passed over: \($0)" }
            + controls.compactMap(\.status.snapshotFailure).map { "no snapshot: \($0)" }
    }

    /// Asks for reports of all tasks; they come with one of the next batches.
    func requestReports() {
        for control in controls { control.requestReport() }
    }

    /// The newest reports of all tasks; those of the end, after it.
    var tasks: [TaskReport] { controls.flatMap { $0.report?.tasks ?? [] } }

    /// The reports of the end, each with the partition of a topic that it is of; nil where a worker
    /// ended before it could tell both.
    func tasks(byPartitionOf topic: String) -> [(partition: Int, task: TaskReport)]? {
        var tasks: [(partition: Int, task: TaskReport)] = []
        for control in controls {
            let partitions = control.status.partitions.filter { $0.topic == topic }
                .map(\.partition).sorted()
            // Both are in the order of the tasks' numbers, which are those of the partitions.
            let reports = control.report?.tasks ?? []
            guard partitions.count == reports.count else { return nil }
            tasks += zip(partitions, reports).map { ($0, $1) }
        }
        return tasks
    }
}

extension WorkerSettings {
    /// Those of one of several workers of a process: what names it in the cluster differs.
    fileprivate func named(_ number: Int) -> WorkerSettings {
        var settings = self
        if case .exactlyOnce(let id) = guarantee {
            settings.guarantee = .exactlyOnce(id: "\(id)-\(number)")
        }
        if let instance = consumer.value(of: "group.instance.id") {
            settings.consumer.set("group.instance.id", "\(instance)-\(number)")
        }
        return settings
    }
}
