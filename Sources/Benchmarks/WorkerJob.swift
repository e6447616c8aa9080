import CReferenceLoop
import Features
import Kafka
import Pipeline
import Worker

/// What one loop made of the records of a topic.
struct Throughput {
    /// By wall clock, from the first record read to the last output acknowledged.
    var eventsPerSecond: Double
    /// Of all threads of this process, with the broker's where it is embedded.
    var processorMicrosPerEvent: Double

    static func median(_ rounds: [Throughput]) -> Throughput {
        Throughput(
            eventsPerSecond: median(rounds.map(\.eventsPerSecond)),
            processorMicrosPerEvent: median(rounds.map(\.processorMicrosPerEvent)))
    }

    private static func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
}

/// A worker's way through a topic of payments without labels.
struct WorkerJob {
    let address: String
    let source: String
    let predictions: String
    let deadLetters: String
    /// Set when the project is one task over all partitions.
    var controlTopic: String?
    let pipeline: PipelineSettings

    /// How often the worker tells its state: the measured span is exact to this.
    private static let statusInterval = Duration.milliseconds(5)

    init(
        _ broker: borrowing BenchmarkBroker, source: String, name: String,
        features: [FeatureDefinition], isSingleTask: Bool
    ) throws {
        address = broker.address
        self.source = source
        predictions = try broker.createTopic("\(name)-predictions")
        deadLetters = try broker.createTopic("\(name)-dead-letters", partitions: 1)
        controlTopic =
            isSingleTask ? try broker.createTopic("\(name)-control", partitions: 1) : nil
        pipeline = try HandbookProject.scoringSettings(features)
    }

    /// - Parameter group: of this name; it gets a journal of its own.
    func settings(
        group name: String, _ broker: borrowing BenchmarkBroker
    ) throws -> WorkerSettings {
        let group = broker.name(name)
        let properties: ClientProperties = ["bootstrap.servers": address]
        var consumer = properties
        consumer.set("group.id", group)
        consumer.set("fetch.wait.max.ms", "10")
        var producer = properties
        producer.set("linger.ms", "0.5")
        var settings = WorkerSettings(
            consumer: consumer, producer: producer, eventsTopic: source, labelsTopic: nil,
            predictionsTopic: predictions, deadLettersTopic: deadLetters,
            journalTopic: try broker.createTopic("\(name)-journal"),
            tasks: controlTopic.map { .single(controlTopic: $0) } ?? .perPartition)
        settings.statusInterval = Self.statusInterval
        return settings
    }

    /// Reads the topic from its beginning, as a new group.
    func run(
        group: String, _ broker: borrowing BenchmarkBroker, events: Int
    ) throws -> Throughput {
        try run(settings(group: group, broker), events: events)
    }

    /// As above, with settings of that group.
    func run(_ settings: WorkerSettings, events: Int) throws -> Throughput {
        let worker = WorkerThread(settings, pipeline)
        let first = try worker.wait { $0.records > 0 }
        let begin = ContinuousClock.now
        let processorBegin = creference_processor_seconds()
        let last = try worker.wait { $0.delivered >= UInt64(events) }
        let seconds = (ContinuousClock.now - begin) / Duration.seconds(1)
        let processor = creference_processor_seconds() - processorBegin
        try worker.finish()
        let rejected = last.pipelines.reduce(0) { $0 + $1.counts.rejected }
        guard last.delivered == UInt64(events), rejected == 0 else {
            throw Miscounted(
                source: source, expected: events, delivered: last.delivered, rejected: rejected)
        }
        let count = Double(UInt64(events) - first.records)
        return Throughput(
            eventsPerSecond: count / seconds, processorMicrosPerEvent: processor / count * 1e6)
    }

    /// Each event gives one prediction.
    struct Miscounted: Error {
        let source: String
        let expected: Int
        let delivered: UInt64
        let rejected: UInt64
    }
}
