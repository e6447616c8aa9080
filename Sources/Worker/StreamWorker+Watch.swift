internal import Drift
internal import Foundation
internal import Histogram
internal import Pipeline

/// Between batches: closed windows are compared, and alerts are raised, told and ended.
extension StreamWorker {
    /// Without work there is still time that passes, for alerts that end: looked at so often.
    private static let idleTick = Duration.seconds(1)

    /// Lets the task's pipeline look at what has closed since the last batch.
    mutating func watch(
        _ task: StreamTask<StreamInput>, hasWork: Bool, into outbox: inout Outbox
    ) {
        guard pipelineSettings.watch != nil, !task.isReplaying else { return }
        guard hasWork || ContinuousClock.now - task.lastTick >= Self.idleTick else { return }
        task.lastTick = .now
        let before = outbox.messages.count
        let notifications = task.pipeline.tick(
            now: settings.clock(), partition: task.partition, readings: readings(of: task),
            counts: gauge.takeCounts(), aside: aside, into: &outbox)
        if !hasWork, !notifications.isEmpty || outbox.messages.count > before {
            task.hasUnsavedAlerts = true
        }
        for notification in notifications { settings.notify?(notification) }
    }

    /// Waits for what is compared aside, so that batches are whole.
    mutating func tellCompared() throws(WorkerError) {
        for number in tasks.keys.sorted() {
            if let task = tasks[number] { try tellCompared(task) }
        }
    }

    /// Tells of windows that were compared aside: what was to come of the batches so far.
    mutating func tellCompared(_ task: StreamTask<StreamInput>) throws(WorkerError) {
        guard task.pipeline.isComparing else { return }
        let outputs = held.take()
        let notifications = task.pipeline.tellCompared(
            now: settings.clock(), partition: task.partition, into: &outputs.outbox)
        for notification in notifications { settings.notify?(notification) }
        outputs.task = task.number
        outputs.positions = task.positions
        outputs.number = isTransactional ? task.next : task.next - 1
        if isTransactional { try add(outputs, batch: nil) } else { held.append(outputs) }
    }

    /// What only the worker knows.
    private mutating func readings(of task: StreamTask<StreamInput>) -> [Reading] {
        if gauge.isDue {
            gauge.look(
                records: status.records, latencyMicros: deliveries.latencyMicros,
                recentMicros: deliveries.takeRecentLatency(),
                objectives: pipelineSettings.watch?.alerts.objectives ?? [])
        }
        var readings = [Reading(.lag, Double(task.inputs.reduce(0) { $0 + $1.lag }))]
        if let p99 = gauge.p99Millis { readings.append(Reading(.latency, p99)) }
        if let cost = gauge.nanosPerRecord { readings.append(Reading(.cost, cost)) }
        return readings
    }
}

/// What a worker measures of itself, looked at once a second.
struct WorkerGauge {
    /// Of the predictions that were acknowledged between the last two looks that saw any.
    private(set) var p99Millis: Double?
    /// Processor time of the worker's thread for each record that it used.
    private(set) var nanosPerRecord: Double?
    private var lastLook: ContinuousClock.Instant?
    private var last = (nanos: 0.0, records: UInt64(0))
    /// By objective, what was counted of its events before.
    private var counted: [Int: (events: UInt64, late: UInt64)] = [:]
    private var counts: [ObjectiveCount] = []

    private static let interval = Duration.seconds(1)
    /// Fewer records tell little of what one costs.
    private static let recordsMin: UInt64 = 1_000

    var isDue: Bool { lastLook.map { .now - $0 >= Self.interval } ?? true }

    /// - Parameters:
    ///   - latencyMicros: of every prediction so far.
    ///   - recentMicros: of those since the last look; nil for none.
    mutating func look(
        records: UInt64, latencyMicros: Histogram<UInt64>, recentMicros: Histogram<UInt64>?,
        objectives: [Objective]
    ) {
        lastLook = .now
        if let recentMicros { p99Millis = Double(recentMicros.valueAtPercentile(99)) / 1_000 }
        measureCost(records)
        for (place, objective) in objectives.enumerated() {
            guard case .latency(let limit) = objective.kind else { continue }
            count(place, above: limit, latencyMicros)
        }
    }

    private mutating func measureCost(_ records: UInt64) {
        let nanos = Self.threadNanos()
        defer { if last.nanos == 0 { last = (nanos, records) } }
        guard last.nanos > 0, records >= last.records + Self.recordsMin else { return }
        nanosPerRecord = (nanos - last.nanos) / Double(records - last.records)
        last = (nanos, records)
    }

    private static func threadNanos() -> Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) * 1e9 + Double(time.tv_nsec)
    }

    private mutating func count(
        _ objective: Int, above limitMillis: Double, _ latencyMicros: Histogram<UInt64>
    ) {
        let limit = UInt64(max(0, min(limitMillis * 1_000, 1e15)))
        let events = latencyMicros.totalCount
        let late = events - min(events, latencyMicros.count(within: 0...limit))
        // A histogram that was begun anew counts from nothing.
        var before = counted[objective] ?? (0, 0)
        if events < before.events { before = (0, 0) }
        counted[objective] = (events, late)
        guard events > before.events else { return }
        counts.append(
            ObjectiveCount(
                objective: objective, events: Double(events - before.events),
                bad: Double(late - min(late, before.late))))
    }

    /// What was counted since the last call.
    mutating func takeCounts() -> [ObjectiveCount] {
        defer { counts.removeAll() }
        return counts
    }
}
