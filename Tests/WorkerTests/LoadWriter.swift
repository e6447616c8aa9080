import Bytes
import Kafka

/// Payments and labels on their way to a broker, many of them.
struct LoadWriter: ~Copyable {
    private var producer: Producer
    private let events: TopicHandle
    private let labels: TopicHandle
    private var message = ByteWriter()
    private var next = 0
    /// Records sent so far.
    private(set) var sent = 0

    private static let start: Int64 = 1_700_000_000_000
    /// Payments of the same millisecond: all are in every window at the same time.
    private static let eventsPerMilli = 100

    init(_ bootstrap: String, events: String, labels: String) throws(KafkaError) {
        var producer = try Producer([
            "bootstrap.servers": bootstrap, "linger.ms": "5", "compression.codec": "zstd",
        ])
        let eventsTopic = try producer.topic(events)
        let labelsTopic = try producer.topic(labels)
        self.events = eventsTopic
        self.labels = labelsTopic
        self.producer = producer
    }

    private var timeMillis: Int64 { Self.start + Int64(next / Self.eventsPerMilli) }

    /// - Parameters:
    ///   - padding: bytes that nobody reads.
    ///   - moreEntities: how many have the customer's number, too.
    mutating func payment(
        customer: Int, terminal: Int, padding: Int = 0, moreEntities: Int = 0
    ) throws(KafkaError) {
        message.removeAll()
        message.append(#"{"id":"p"#)
        message.append(decimal: Int64(next))
        message.append(#"","time":"#)
        message.append(decimal: timeMillis)
        message.append(#","customer":"#)
        message.append(decimal: Int64(customer))
        message.append(#","terminal":"#)
        message.append(decimal: Int64(terminal))
        for entity in 0..<moreEntities {
            message.append(#","entity"#)
            message.append(decimal: Int64(entity))
            message.append("\":")
            message.append(decimal: Int64(customer))
        }
        message.append(#","amount":12.5,"channel":"web","note":""#)
        for _ in 0..<padding { message.append(UInt8(ascii: "x")) }
        message.append(#""}"#)
        next += 1
        try send(to: events)
    }

    /// A label for an event that was sent as number `event`, or for none.
    mutating func label(_ event: Int) throws(KafkaError) {
        message.removeAll()
        message.append(#"{"id":"p"#)
        message.append(decimal: Int64(event))
        message.append(#"","fraud":1}"#)
        try send(to: labels)
    }

    /// What cannot be decoded, and is kept whole on its way to the dead letters.
    mutating func rubbish(_ bytes: Int) throws(KafkaError) {
        message.removeAll()
        for _ in 0..<bytes { message.append(UInt8(ascii: "x")) }
        try send(to: events)
    }

    private mutating func send(to topic: TopicHandle) throws(KafkaError) {
        sent += 1
        try Self.send(
            message, to: topic, sent % OverloadFixture.partitions, at: timeMillis, by: &producer)
    }

    /// Queues it, waiting while the queue is full.
    private static func send(
        _ message: borrowing ByteWriter, to topic: TopicHandle, _ partition: Int,
        at timeMillis: Int64, by producer: inout Producer
    ) throws(KafkaError) {
        while true {
            do throws(KafkaError) {
                return try producer.send(
                    to: topic, .partition(partition), key: nil, value: message.bytes,
                    timestampMillis: timeMillis)
            } catch {
                guard error.code == .queueFull else { throw error }
                _ = producer.wait(atMost: .milliseconds(10))
                producer.takeReports()
            }
        }
    }

    /// Waits until everything is acknowledged.
    mutating func finish() throws {
        let remaining = producer.flush(within: .seconds(60))
        producer.takeReports()
        guard remaining == 0 else { throw Unacknowledged(count: remaining) }
    }

    struct Unacknowledged: Error {
        let count: Int
    }
}
