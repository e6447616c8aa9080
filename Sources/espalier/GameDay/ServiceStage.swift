internal import Bytes
internal import JSON
internal import Kafka
internal import Pipeline
internal import Project
internal import Simulation
internal import Synchronization
internal import Worker

/// The service itself: records enter an embedded broker by their topics, a worker uses them, and
/// alerts are read from theirs. The clock of alerts keeps to the events.
struct ServiceStage: ~Copyable, GameDayStage {
    private static let patience = Duration.seconds(30)

    private let broker: EmbeddedBroker
    private let clock: EventClock
    private let workers: Workers
    private var output: TopicOutput
    private let events: TopicHandle
    private let labels: TopicHandle
    private var alerts: TopicScan
    private var windows: TopicScan
    private var bytes: ByteWriter
    private var key: ByteWriter
    private var sent: UInt64 = 0

    init(_ file: ProjectFile, _ pipeline: PipelineSettings) throws {
        let broker = try EmbeddedBroker()
        let clock = EventClock()
        let properties = ClientProperties([
            ("bootstrap.servers", broker.bootstrapServers), ("client.id", "gameday"),
            ("fetch.wait.max.ms", "2"), ("linger.ms", "0.5"),
        ])
        let settings = Self.settings(file, pipeline, properties, clock)
        try broker.createTopics(settings, partitions: 1)
        var output = try TopicOutput(properties, waiting: Self.patience)
        let events = try output.topic(settings.eventsTopic)
        let labels = try output.topic(settings.labelsTopic ?? settings.eventsTopic)
        let alerts = try TopicScan(file.topic(.alerts), properties, within: Self.patience)
        let windows = try TopicScan(file.topic(.drift), properties, within: Self.patience)
        workers = Workers(count: 1, settings, pipeline: pipeline) { _ in }
        self.output = output
        self.events = events
        self.labels = labels
        self.alerts = alerts
        self.windows = windows
        self.broker = broker
        self.clock = clock
        bytes = ByteWriter(reservingCapacity: 1_024)
        key = ByteWriter(reservingCapacity: 32)
    }

    deinit { try? workers.finish() }

    /// Those of the project, with no more of its cluster than the names of the topics, and nothing
    /// kept.
    private static func settings(
        _ file: ProjectFile, _ pipeline: PipelineSettings, _ properties: ClientProperties,
        _ clock: EventClock
    ) -> WorkerSettings {
        var settings = file.workerSettings(pipeline.plan)
        settings.consumer = properties
        settings.consumer.set("group.id", "gameday")
        settings.producer = properties
        settings.guarantee = .atLeastOnce
        settings.snapshotFolder = nil
        settings.snapshotTopic = nil
        settings.featuresTopic = nil
        settings.driftTopic = file.topic(.drift)
        settings.alertsTopic = file.topic(.alerts)
        settings.statusInterval = .milliseconds(2)
        settings.clock = { clock.millis.load(ordering: .relaxed) }
        return settings
    }

    mutating func take(_ record: SimulatedRecord) throws {
        let isLabel = if case .label = record { true } else { false }
        bytes.removeAll()
        key.removeAll()
        record.append(.json, to: &bytes)
        record.appendKey(to: &key)
        try output.send(
            to: isLabel ? labels : events, key: key, value: bytes,
            timestampMillis: record.timeMillis)
        sent += 1
    }

    mutating func look(at millis: Int64) throws -> GameDayPublished {
        clock.millis.store(millis, ordering: .relaxed)
        try output.finish()
        let watch = ContinuousClock.now
        while true {
            let status = workers.status
            if status.records == sent, status.outstanding == 0 { break }
            if let failure = workers.failure { throw failure }
            guard .now - watch < Self.patience else {
                let unused = Numerals.grouped(sent - min(sent, status.records))
                throw Failure(.unavailable, "\(unused) records unused after \(Self.patience)")
            }
            Pace.sleep(0.001)
        }
        var published = GameDayPublished()
        try windows.forEachNew { _, batch, index throws(Failure) in
            guard let value = batch.payload(index), let window = try? JSONValue(parsing: value)
            else { throw Failure(.fault, "a message of drift that is no JSON") }
            published.append(window: window)
        }
        try alerts.forEachNew { _, batch, index throws(Failure) in
            guard let value = batch.payload(index), let alert = try? JSONValue(parsing: value)
            else { throw Failure(.fault, "an alert that is no JSON") }
            published.alerts.append(PublishedAlert(alert))
        }
        return published
    }
}

/// What alerts take for the time: that of the records on their way.
private final class EventClock: Sendable {
    let millis = Atomic<Int64>(0)
}
