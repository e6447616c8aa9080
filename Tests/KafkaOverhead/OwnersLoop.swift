import CReferenceLoop
import Kafka

/// The same loop as `creference_copy`, through our owners: one queue for each partition, delivery
/// counted by batch.
struct OwnersLoop {
    let bootstrapServers: String
    let source: String
    let partitions: Int
    let target: String
    let records: Int
    /// Of some ten bytes each.
    var headerCount = 0

    private static let batchRecordsMax = 500

    private final class Lane {
        var queue: PartitionQueue
        var batch = MessageBatch(capacity: batchRecordsMax)
        init(_ queue: consuming PartitionQueue) { self.queue = queue }

        func refill() -> Int { queue.refill(&batch) }
    }

    func run() throws(KafkaError) -> creference_result {
        var consumer = try Consumer([
            "bootstrap.servers": bootstrapServers, "group.id": "owners", "fetch.wait.max.ms": "10",
        ])
        var producer = try Producer(
            ["bootstrap.servers": bootstrapServers], waking: consumer.waker)
        let topic = try producer.topic(target)
        let starts = (0..<partitions).map {
            PartitionStart(TopicPartition(source, $0), from: .beginning)
        }
        try consumer.assign(starts)
        var lanes: [Lane] = []
        for start in starts { lanes.append(Lane(try consumer.queue(of: start.partition))) }
        return try copy(lanes, &consumer, &producer, topic)
    }

    private func copy(
        _ lanes: [Lane], _ consumer: inout Consumer, _ producer: inout Producer,
        _ topic: TopicHandle
    ) throws(KafkaError) -> creference_result {
        var result = creference_result()
        let clock = ContinuousClock()
        var begin = clock.now
        var processorBegin = 0.0
        var recordHeaders = RecordHeaders()
        while result.delivered + result.failed < records {
            var found = 0
            for lane in lanes where lane.refill() > 0 {
                if result.consumed == 0 {
                    begin = clock.now
                    processorBegin = creference_processor_seconds()
                }
                let count = min(lane.batch.count, records - Int(result.consumed))
                try send(lane.batch, count, to: topic, &producer, &recordHeaders)
                found += count
                result.consumed += Int64(count)
            }
            if found > 0 { _ = producer.sealBatch() }
            while let event = producer.poll() {
                guard case .settled(let delivery) = event else { continue }
                result.delivered += Int64(delivery.deliveredCount)
                result.failed += Int64(delivery.failedCount)
            }
            while consumer.poll() != nil {}
            if found == 0 { _ = consumer.wait(atMost: .milliseconds(10)) }
        }
        let passed = begin.duration(to: clock.now).components
        result.seconds = Double(passed.seconds) + Double(passed.attoseconds) * 1e-18
        result.processor_seconds = creference_processor_seconds() - processorBegin
        return result
    }

    private func send(
        _ batch: borrowing MessageBatch, _ count: Int, to topic: TopicHandle,
        _ producer: inout Producer, _ recordHeaders: inout RecordHeaders
    ) throws(KafkaError) {
        for i in 0..<count {
            let key = batch.key(i)
            let value = batch.payload(i)
            let time = batch.timestampMillis(i) ?? 0
            while true {
                do throws(KafkaError) {
                    if headerCount == 0 {
                        try producer.send(to: topic, key: key, value: value, timestampMillis: time)
                    } else {
                        recordHeaders.removeAll()
                        for _ in 0..<headerCount { recordHeaders.append("source", key) }
                        try producer.send(
                            to: topic, key: key, value: value, timestampMillis: time,
                            headers: &recordHeaders)
                    }
                    break
                } catch {
                    guard error.code == .queueFull else { throw error }
                    _ = producer.wait(atMost: .milliseconds(10))
                    producer.takeReports()
                }
            }
        }
    }
}
