import Simulation

/// The worker against the loop in C: the same broker, topic and thread count, in alternating
/// rounds.
enum WorkerBenchmark {
    private static let bar = 0.7

    static func measure(_ scale: Scale, bootstrap: String?) throws -> [Measurement] {
        let broker = try BenchmarkBroker(bootstrap: bootstrap)
        let events = scale.workerEvents
        let source = try broker.createTopic("payments")
        let log = try PaymentLog(scale.simulator(), eventsMax: events)
        try fill(source, of: broker, with: log)
        let reference = ReferenceJob(
            address: broker.address, source: source, target: try broker.createTopic("copies"))
        let perPartition = try WorkerJob(
            broker, source: source, name: "spread", features: HandbookProject.customerFeatures,
            isSingleTask: false)
        let single = try WorkerJob(
            broker, source: source, name: "single", features: HandbookProject.features,
            isSingleTask: true)
        var rounds = Rounds()
        for round in 0..<scale.rounds {
            rounds.plain.append(try reference.run(events: events, hasHeaders: false))
            rounds.headers.append(try reference.run(events: events, hasHeaders: true))
            rounds.spread.append(
                try perPartition.run(group: "spread-\(round)", broker, events: events))
            rounds.single.append(
                try single.run(group: "single-\(round)", broker, events: events))
        }
        let rows = rounds.measurements(bar: bar)
        guard bootstrap != nil else { return rows }
        return try rows + GuaranteeBenchmark.measure(scale, on: broker)
    }

    static func fill(
        _ topic: String, of broker: borrowing BenchmarkBroker, with log: borrowing PaymentLog
    ) throws {
        var feed = try PaymentFeed(broker.properties, topic: topic)
        for record in log.events { try feed.send(record, of: log) }
        try feed.finish()
    }

    private struct Rounds {
        var plain: [Throughput] = []
        var headers: [Throughput] = []
        var spread: [Throughput] = []
        var single: [Throughput] = []

        func measurements(bar: Double) -> [Measurement] {
            let loops = [
                ("C loop", Throughput.median(plain)),
                ("C loop with two headers", .median(headers)),
                ("worker, 9 features, 6 tasks", .median(spread)),
                ("worker, 15 features, one task", .median(single)),
            ]
            let limit = loops[0].1.eventsPerSecond
            let headed = loops[1].1.eventsPerSecond
            var rows: [Measurement] = []
            for (name, loop) in loops.dropFirst(2) {
                rows.append(
                    Measurement(
                        "\(name): against the C loop", loop.eventsPerSecond / limit, "",
                        .atLeast(bar)))
                rows.append(
                    Measurement(
                        "\(name): against it with headers", loop.eventsPerSecond / headed, ""))
            }
            for (name, loop) in loops {
                rows.append(Measurement(name, loop.eventsPerSecond, "events/s"))
                rows.append(
                    Measurement("\(name): processor", loop.processorMicrosPerEvent, "µs/event"))
            }
            return rows
        }
    }
}
