internal import Kafka
internal import Pipeline

/// What others may see: finished values, published between batches.
extension StreamWorker {
    mutating func publishStatusIfDue() {
        guard ContinuousClock.now - lastStatus >= settings.statusInterval else { return }
        if control.takeLatencyReset() { deliveries.resetLatency() }
        publishStatus(phase)
        if control.takeReportRequest() { publishReport() }
    }

    mutating func publishStatus(_ phase: WorkerStatus.Phase) {
        lastStatus = .now
        status.phase = phase
        status.partitions = tasks.values.flatMap { $0.inputs.map(\.partition) }
        status.pipelines = tasks.keys.sorted().compactMap { tasks[$0]?.pipeline.status }
        status.delivered = deliveries.delivered
        status.outstanding = unacknowledged
        status.latencyMicros = deliveries.latencyMicros
        status.lag = tasks.values.reduce(0) { sum, task in
            task.inputs.reduce(sum) { $0 + $1.lag }
        }
        status.errors = errors.merging(deliveries.errors, uniquingKeysWith: +)
        if let outcome = snapshotWriter?.outcome, outcome.failures > 0 {
            status.errors["SNAPSHOT_FAILED"] = Int(outcome.failures)
            status.snapshotFailure = outcome.lastFailure
        }
        status.replayRemaining = replayRemaining
        status.backfillRemaining = backfillRemaining
        control.publish(status)
    }

    mutating func publishReport() {
        control.publish(
            WorkerReport(
                tasks: tasks.keys.sorted().compactMap { tasks[$0] }.map { task in
                    TaskReport(
                        status: task.pipeline.status, judged: task.pipeline.judgedPredictions(),
                        model: task.pipeline.model, learner: task.pipeline.learner,
                        learnedBaseline: task.pipeline.learnedBaseline(),
                        costs: costs.meter(ofTask: task.number))
                }))
    }

    /// Outputs that are made and not yet acknowledged, sent or not.
    var unacknowledged: Int {
        max(deliveries.outstanding, transaction.messageCount) + held.messageCount
    }

    private var replayRemaining: Int64 { tasks.values.reduce(0) { $0 + $1.replayRemaining } }

    private var backfillRemaining: Int64 {
        backfills.reduce(0) { total, backfill in
            guard let task = tasks[backfill.key] else { return total }
            return total + backfill.value.remaining(to: task)
        }
    }

    var phase: WorkerStatus.Phase {
        if tasks.isEmpty { return hasJoined ? .standby : .connecting }
        return tasks.values.contains { $0.isReplaying } ? .replaying : .running
    }
}
