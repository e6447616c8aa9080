import Simulation
import Worker

/// What exactly-once costs: the same worker with both guarantees, in alternating rounds. Only on a
/// broker with transactions, which the embedded one has not.
enum GuaranteeBenchmark {
    private static let bar = 0.85
    private static let commitInterval = Duration.milliseconds(100)

    static func measure(
        _ scale: Scale, on broker: borrowing BenchmarkBroker
    ) throws -> [Measurement] {
        let source = try broker.createTopic("long-payments")
        let events = scale.guaranteeEvents
        let log = try PaymentLog(scale.simulator(), eventsMax: events)
        try WorkerBenchmark.fill(source, of: broker, with: log)
        let job = try WorkerJob(
            broker, source: source, name: "guarantees",
            features: HandbookProject.customerFeatures, isSingleTask: false)
        var atLeastOnce: [Throughput] = []
        var exactlyOnce: [Throughput] = []
        for round in 0..<scale.rounds {
            var settings = try job.settings(group: "at-least-once-\(round)", broker)
            settings.commitInterval = commitInterval
            atLeastOnce.append(try job.run(settings, events: events))
            let group = "exactly-once-\(round)"
            settings = try job.settings(group: group, broker)
            settings.commitInterval = commitInterval
            settings.guarantee = .exactlyOnce(id: broker.name(group))
            exactlyOnce.append(try job.run(settings, events: events))
        }
        let loops = (Throughput.median(atLeastOnce), Throughput.median(exactlyOnce))
        return [
            Measurement(
                "exactly once, 100 ms commits: against at least once",
                loops.1.eventsPerSecond / loops.0.eventsPerSecond, "", .atLeast(bar),
                note: "\(events) events, \(scale.rounds) rounds"),
            Measurement("at least once", loops.0.eventsPerSecond, "events/s"),
            Measurement("exactly once", loops.1.eventsPerSecond, "events/s"),
        ]
    }
}
