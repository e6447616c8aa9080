import Foundation
import Kafka
import Testing

/// Runs a body that blocks on a thread of its own, so that tests that wait do not wait in line.
func onOwnThread(_ body: @escaping @Sendable () throws -> Void) async throws {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Result(catching: body)) }
    }
}

/// A wait that ends with the condition, or with the test's failure after a minute.
func eventually(
    _ what: String, within limit: Duration = .seconds(60),
    location: SourceLocation = #_sourceLocation, _ condition: () throws -> Bool
) throws {
    let end = ContinuousClock.now + limit
    while try !condition() {
        guard ContinuousClock.now < end else {
            throw NeverHappened(what: what, location: location)
        }
    }
}

struct NeverHappened: Error, CustomStringConvertible {
    let what: String
    let location: SourceLocation
    var description: String { "never happened: \(what), awaited at \(location)" }
}

extension RawSpan {
    var text: String {
        unsafe withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
    }
}

/// A record as it was sent or found, copied.
struct Record: Hashable, Sendable {
    var key: String?
    var value: String?
    var timestampMillis: Int64 = 1_700_000_000_000
    var headers: [String: String] = [:]

    /// Stands for a null header value.
    static let null = "(null)"
}

extension Record {
    init(_ batch: borrowing MessageBatch, _ index: Int) {
        self.init(
            key: batch.key(index)?.text, value: batch.payload(index)?.text,
            timestampMillis: batch.timestampMillis(index) ?? -1)
        let found = batch.headers(index)
        for i in 0..<found.count { headers[found.name(i)] = found.value(i)?.text ?? Record.null }
    }
}

extension EmbeddedBroker {
    /// Quick to fetch, so that tests do not wait for half-empty answers.
    var properties: ClientProperties {
        [
            "bootstrap.servers": bootstrapServers, "fetch.wait.max.ms": "10",
            "reconnect.backoff.ms": "20", "reconnect.backoff.max.ms": "100",
            "auto.offset.reset": "earliest",
        ]
    }

    func properties(group: String) -> ClientProperties {
        var properties = properties
        properties.set("group.id", group)
        return properties
    }
}

extension Producer {
    /// Sends text, waiting while the queue is full.
    mutating func send(_ record: Record, to topic: TopicHandle, _ place: Partitioning) throws {
        let key = record.key.map { Array($0.utf8) }
        let value = record.value.map { Array($0.utf8) }
        while true {
            do throws(KafkaError) {
                try unsafe send(
                    to: topic, place, key: key?.span.bytes, value: value?.span.bytes,
                    timestampMillis: record.timestampMillis)
                return
            } catch {
                guard error.code == .queueFull else { throw error }
                _ = wait(atMost: .milliseconds(100))
                _ = poll()
            }
        }
    }

    /// Ends the open batch and waits until all of it is settled.
    mutating func settle() throws -> BatchDelivery {
        let batch = sealBatch()
        var delivery: BatchDelivery?
        try eventually("settling of batch \(batch.rawValue)") {
            _ = wait(atMost: .milliseconds(100))
            while case .settled(let settled) = poll() {
                if settled.batch == batch { delivery = settled }
            }
            return delivery != nil
        }
        return try #require(delivery)
    }
}

/// One partition of a consumer under test, with the copies of what it gave.
final class Lane {
    var queue: PartitionQueue
    var batch = MessageBatch(capacity: 500)
    var records: [Record] = []
    var offsets: [Int64] = []

    init(_ queue: consuming PartitionQueue) { self.queue = queue }

    var isCaughtUp: Bool { queue.isCaughtUp }
    var position: Int64? { queue.position }

    /// Takes what is here.
    func take() {
        while queue.refill(&batch) > 0 {
            for i in 0..<batch.count {
                offsets.append(batch.offset(i))
                records.append(Record(batch, i))
            }
        }
    }
}

extension EmbeddedBroker {
    /// Sends records to one partition and waits for their acknowledgement.
    func fill(_ topic: String, partition: Int, with records: [Record]) throws {
        var producer = try Producer(properties)
        let handle = try producer.topic(topic)
        for record in records { try producer.send(record, to: handle, .partition(partition)) }
        #expect(try producer.settle().deliveredCount == records.count)
    }
}

extension Consumer {
    /// Reads all partitions from their beginning, without a group.
    mutating func readAll(of topic: String, partitions count: Int) throws -> [Lane] {
        let partitions = (0..<count).map { TopicPartition(topic, $0) }
        try assign(partitions.map { PartitionStart($0, from: .beginning) })
        var lanes: [Lane] = []
        for partition in partitions { lanes.append(Lane(try queue(of: partition))) }
        return lanes
    }
}
