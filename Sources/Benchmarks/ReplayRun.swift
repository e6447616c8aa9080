import Pipeline
import Simulation
import Worker

/// Batches of a journal, stepped again from the topic, against the step alone over the same
/// records. Processor time of the thread that does it.
enum ReplayRun {
    private static let bar = 1.0

    static func measure(_ scale: Scale, bootstrap: String?) throws -> [Measurement] {
        let broker = try BenchmarkBroker(bootstrap: bootstrap)
        let events = scale.workerEvents
        let source = try broker.createTopic("payments")
        let log = try PaymentLog(scale.simulator(), eventsMax: events)
        try WorkerBenchmark.fill(source, of: broker, with: log)
        let job = try WorkerJob(
            broker, source: source, name: "replay", features: HandbookProject.customerFeatures,
            isSingleTask: true)
        let settings = try job.settings(group: "replay", broker)
        let live = try job.run(settings, events: events)
        let replay = try replay(settings, job.pipeline, events: events)
        let step = try step(log, job.pipeline)
        return [
            Measurement(
                "replay from a topic: against the step alone", step / replay.nanosPerEvent, "",
                .atLeast(bar),
                note: "\(Int(replay.nanosPerEvent)) ns an event, \(Int(step)) the step alone"),
            Measurement(
                "replay from a topic", replay.eventsPerSecond, "events/s",
                note: "the worker live: \(MeasurementTable.number(live.eventsPerSecond))"),
        ]
    }

    private static func replay(
        _ settings: WorkerSettings, _ pipeline: PipelineSettings, events: Int
    ) throws -> (nanosPerEvent: Double, eventsPerSecond: Double) {
        var journal = try JournalReplay(settings, pipeline: pipeline)
        var first: (records: Int, wall: ContinuousClock.Instant, thread: Double)?
        var last = (records: 0, wall: ContinuousClock.now, thread: 0.0)
        for (task, partitions) in try journal.tasks() {
            try journal.run(task, over: partitions) { _, records in
                guard records > last.records else { return }
                last = (records, .now, ThreadTime.now())
                first = first ?? last
            }
        }
        guard let first, last.records == events, first.records < events else {
            throw WorkerJob.Miscounted(
                source: settings.eventsTopic, expected: events, delivered: UInt64(last.records),
                rejected: 0)
        }
        let count = Double(last.records - first.records)
        return (
            (last.thread - first.thread) / count,
            count / ((last.wall - first.wall) / Duration.seconds(1))
        )
    }

    /// Nanoseconds of an event.
    private static func step(
        _ log: borrowing PaymentLog, _ settings: PipelineSettings
    ) throws -> Double {
        var pipeline = try EventPipeline(settings)
        var outbox = Outbox()
        let begin = ThreadTime.now()
        for block in log.blocks {
            StepRun.step(&pipeline, log, log.events, block.events, &outbox)
            outbox.removeAll()
        }
        return (ThreadTime.now() - begin) / Double(log.events.count)
    }
}
