internal import Bytes
internal import Events
internal import JSON
internal import Pipeline
internal import Simulation

/// Where a game day is played: takes the simulator's records, and tells what was published of
/// alerts.
protocol GameDayStage: ~Copyable {
    mutating func take(_ record: SimulatedRecord) throws

    /// Lets everything taken be used, up to a time of the events.
    ///
    /// - Returns: what was published since the last look, in order.
    mutating func look(at millis: Int64) throws -> GameDayPublished
}

/// Messages of the service that game days are judged by.
struct GameDayPublished {
    /// A window that was compared.
    struct Window {
        var endMillis: Int64
        /// Features of which enough events came to say anything.
        var judged: Int
    }

    var alerts: [PublishedAlert] = []
    var windows: [Window] = []

    /// Takes in a message of drift.
    mutating func append(window message: JSONValue) {
        let counts = message["counts"]
        let judged =
            (counts?["features"]?.integer ?? 0) - (counts?["too-few-events"]?.integer ?? 0)
        windows.append(
            Window(endMillis: message["window"]?["to"]?.integer ?? .min, judged: Int(judged)))
    }
}

/// The steps of the service alone, without a broker: the fastest way to play many seeds.
struct PipelineStage: ~Copyable, GameDayStage {
    private var pipeline: EventPipeline
    private var outbox = Outbox()
    private var bytes = ByteWriter(reservingCapacity: 1_024)
    private var key = ByteWriter(reservingCapacity: 32)
    private var offset: Int64 = 0

    init(_ settings: PipelineSettings) throws { pipeline = try EventPipeline(settings) }

    mutating func take(_ record: SimulatedRecord) {
        bytes.removeAll()
        key.removeAll()
        record.append(.json, to: &bytes)
        record.appendKey(to: &key)
        let isLabel = if case .label = record { true } else { false }
        let origin = RecordOrigin(
            stream: isLabel ? .labels : .events, partition: 0, offset: offset,
            timestampMillis: record.timeMillis)
        Self.step(&pipeline, origin, key: key, value: bytes, into: &outbox)
        offset += 1
    }

    private static func step(
        _ pipeline: inout EventPipeline, _ origin: RecordOrigin, key: borrowing ByteWriter,
        value: borrowing ByteWriter, into outbox: inout Outbox
    ) {
        pipeline.step(origin, key: key.bytes, value: value.bytes, into: &outbox)
    }

    mutating func look(at millis: Int64) throws -> GameDayPublished {
        outbox.removeAll()
        _ = pipeline.tick(now: millis, into: &outbox)
        var published = GameDayPublished()
        for message in outbox.messages {
            switch message.destination {
            case .alerts:
                let document = try JSONValue(parsing: outbox.bytes(message.value))
                published.alerts.append(PublishedAlert(document))
            case .drift:
                published.append(window: try JSONValue(parsing: outbox.bytes(message.value)))
            default: continue
            }
        }
        return published
    }
}
