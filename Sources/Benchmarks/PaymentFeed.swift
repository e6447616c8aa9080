import Kafka
import Pipeline

/// Payments on their way into a topic.
struct PaymentFeed: ~Copyable {
    private var producer: Producer
    private let topic: TopicHandle

    init(_ properties: ClientProperties, topic: String) throws(KafkaError) {
        var producer = try Producer(properties)
        try producer.connect(within: .seconds(30))
        self.topic = try producer.topic(topic)
        self.producer = producer
    }

    /// Queues a payment, waiting while the queue is full.
    mutating func send(_ record: PaymentLog.Record, of log: borrowing PaymentLog) throws(KafkaError)
    {
        while true {
            do throws(KafkaError) {
                return try producer.send(
                    to: topic, key: log.bytes(record.key), value: log.bytes(record.value),
                    timestampMillis: record.origin.timestampMillis)
            } catch {
                guard error.code == .queueFull else { throw error }
                _ = producer.wait(atMost: .milliseconds(10))
                producer.takeReports()
            }
        }
    }

    /// Waits until everything is acknowledged.
    mutating func finish() throws {
        try producer.settle(within: .seconds(60))
    }
}
