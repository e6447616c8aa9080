internal import Drift
internal import Foundation
internal import Histogram
internal import Pipeline

/// Between batches: closed windows are compared, and alerts are raised, told and ended.
extension StreamWorker {
    /// Without work there is still time that passes, for alerts that end: looked at so often.
    private static let idleTick = Duration.seconds(1)

    /// Lets the task's pipeline look at what has closed since the last batch.
    func watch(
        _ task: StreamTask<StreamInput>, hasWork: Bool, into outbox: inout Outbox
    ) {
        guard pipelineSettings.watch != nil else { return }
        guard hasWork || ContinuousClock.now - task.lastTick >= Self.idleTick else { return }
        task.lastTick = .now
        let notifications = task.pipeline.tick(
            now: Int64(Date().timeIntervalSince1970 * 1_000), readings: readings(of: task),
            isReplaying: task.isReplaying, into: &outbox)
        for notification in notifications { settings.notify?(notification) }
    }

    /// What only the worker knows.
    private func readings(of task: StreamTask<StreamInput>) -> [Reading] {
        let p99 = deliveries.latencyMicros.valueAtPercentile(99)
        return p99 > 0 ? [Reading(.latency, Double(p99) / 1_000)] : []
    }
}
