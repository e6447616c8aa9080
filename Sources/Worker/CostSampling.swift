internal import Features
internal import Kafka
internal import Pipeline

/// Measures what features cost in the running service: one event a second and worker, at
/// the end of its step, each feature by itself (`FeatureMeter`).
struct CostSampling {
    private static let interval = Duration.seconds(1)

    private var meters: [Int: FeatureMeter] = [:]
    private var nextSample = ContinuousClock.now
    private var isDue = false
    private var events: UInt64 = 0

    /// Before a turn of a task.
    mutating func begin(_ task: StreamTask<StreamInput>) {
        isDue = ContinuousClock.now >= nextSample
        events = task.pipeline.counts.events
    }

    /// After a record's step; only what was taken as an event can be measured.
    mutating func note(_ task: StreamTask<StreamInput>) {
        guard isDue, task.pipeline.counts.events > events else { return }
        isDue = false
        nextSample = .now + Self.interval
        var meter = meters[task.number] ?? FeatureMeter(plan: task.pipeline.settings.plan)
        task.pipeline.measureFeatures(into: &meter)
        meters[task.number] = meter
    }

    /// Forgets what a task cost that is here no more, or that computes other features now.
    mutating func forget(task number: Int) { meters[number] = nil }

    func meter(ofTask number: Int) -> FeatureMeter? { meters[number] }
}
