import Glibc
import Histogram
import Kafka
import Simulation
import Worker

/// How long a prediction takes while payments come steadily.
enum LatencyBenchmark {
    private static let eventsPerSecond = 5_000.0
    /// Before the histogram begins: the worker joins its group and the windows' memory is touched.
    private static let warmUp = 0.2

    static func measure(_ scale: Scale, bootstrap: String?) throws -> [Measurement] {
        let broker = try BenchmarkBroker(bootstrap: bootstrap)
        let source = try broker.createTopic("payments")
        let job = try WorkerJob(
            broker, source: source, name: "latency", features: HandbookProject.customerFeatures,
            isSingleTask: false)
        let count = Int(eventsPerSecond * scale.latencySeconds)
        let warm = Int(Double(count) * warmUp)
        let log = try PaymentLog(scale.simulator(), eventsMax: count + 1)
        var feed = try PaymentFeed(
            ["bootstrap.servers": broker.address, "linger.ms": "1"], topic: source)
        let worker = WorkerThread(try job.settings(group: "latency", broker), job.pipeline)
        // The worker has its partitions once it used a first record.
        try feed.send(log.events[0], of: log)
        _ = try worker.wait { $0.delivered == 1 }
        try send(log, 1..<1 + warm, &feed)
        worker.control.resetLatency()
        try send(log, 1 + warm..<1 + count, &feed)
        try feed.finish()
        let status = try worker.wait { $0.delivered >= UInt64(count) }
        try worker.finish()
        return [50.0, 99, 99.9].map { percentile in
            Measurement(
                "read to acknowledged, p\(MeasurementTable.number(percentile))",
                Double(status.latencyMicros.valueAtPercentile(percentile)) / 1_000, "ms",
                note: "of \(status.latencyMicros.totalCount) events")
        }
    }

    /// Sends at the steady rate; what is behind is sent at once.
    private static func send(
        _ log: borrowing PaymentLog, _ range: Range<Int>, _ feed: inout PaymentFeed
    ) throws {
        let begin = ContinuousClock.now
        for index in range {
            let due = Duration.seconds(Double(index - range.lowerBound) / eventsPerSecond)
            while ContinuousClock.now - begin < due { usleep(500) }
            try feed.send(log.events[index], of: log)
        }
    }
}
