import Bytes
import Kafka
import Pipeline
import PipelineFixture
import Testing
import Worker

/// Five topics on a broker, and what tests do with them.
final class Station: @unchecked Sendable {
    let bootstrap: String
    let partitions: Int
    let prefix: String
    let events: String
    let labels: String
    let group: String

    init(
        bootstrap: String, partitions: Int, prefix: String = "", events: String = "events",
        labels: String = "labels"
    ) {
        self.bootstrap = bootstrap
        self.partitions = partitions
        self.prefix = prefix
        self.events = prefix + events
        self.labels = prefix + labels
        group = "\(prefix)group"
    }

    /// Where a service works.
    init(of project: ServiceProject, bootstrap: String) {
        self.bootstrap = bootstrap
        partitions = ServiceFixture.partitions
        prefix = "\(project.name)."
        events = project.events
        labels = project.labels
        group = project.name
    }

    var predictions: String { "\(prefix)predictions" }
    var deadLetters: String { "\(prefix)dead-letter" }
    var journal: String { "\(prefix)journal" }
    var control: String { "\(prefix)control" }

    /// Every topic with its number of partitions.
    var topics: [(name: String, partitions: Int)] {
        [
            (events, partitions), (labels, partitions), (predictions, 2), (deadLetters, 1),
            (journal, partitions), (control, 1),
        ]
    }

    var properties: ClientProperties {
        [
            "bootstrap.servers": bootstrap, "fetch.wait.max.ms": "10",
            "reconnect.backoff.ms": "20", "reconnect.backoff.max.ms": "100",
            "auto.offset.reset": "earliest",
        ]
    }

    /// Settings of a worker of this station's only group.
    func settings(_ tasks: WorkerSettings.Tasks) -> WorkerSettings {
        var consumer = properties
        consumer.set("group.id", group)
        consumer.set("session.timeout.ms", "6000")
        consumer.set("heartbeat.interval.ms", "200")
        var settings = WorkerSettings(
            consumer: consumer, producer: properties, eventsTopic: events, labelsTopic: labels,
            predictionsTopic: predictions, deadLettersTopic: deadLetters, journalTopic: journal,
            tasks: tasks)
        settings.commitInterval = .milliseconds(50)
        settings.statusInterval = .milliseconds(20)
        return settings
    }

    var single: WorkerSettings { settings(.single(controlTopic: control)) }
    var spread: WorkerSettings { settings(.perPartition) }

    /// Writes records to their partitions and waits for the acknowledgements.
    func fill(_ records: [InputRecord]) throws {
        var producer = try Producer(properties)
        let topics = [try producer.topic(events), try producer.topic(labels)]
        for record in records {
            let key = record.key.map { Array($0.utf8) }
            let value = record.value ?? []
            try unsafe producer.send(
                to: topics[record.stream.rawValue], .partition(record.partition),
                key: key?.span.bytes, value: value.span.bytes, timestampMillis: record.time)
        }
        try producer.settle(within: .seconds(60))
    }

    /// The offsets that the group committed for events and labels.
    func committed() throws -> [TopicPartition: Int64] {
        var consumer = try Consumer(single.consumer)
        try consumer.connect(within: .seconds(60))
        let all = [events, labels].flatMap { topic in
            (0..<partitions).map { TopicPartition(topic, $0) }
        }
        let found = try consumer.committed(all, within: .seconds(60))
        return Dictionary(found.map { ($0.partition, $0.offset) }, uniquingKeysWith: max)
    }

    /// Waits until everything is committed.
    func awaitCommits(of records: [InputRecord]) throws {
        var consumer = try Consumer(single.consumer)
        try consumer.connect(within: .seconds(60))
        let wanted = ends(of: records)
        try eventually("commits") {
            let found = try consumer.committed(Array(wanted.keys), within: .seconds(60))
            return found.allSatisfy { wanted[$0.partition] == $0.offset }
                && found.count == wanted.count
        }
    }

    /// How many records of each partition there are, as offsets that would be committed at the end.
    func ends(of records: [InputRecord]) -> [TopicPartition: Int64] {
        Dictionary(
            records.map {
                (
                    TopicPartition($0.stream == .events ? events : labels, $0.partition),
                    $0.offset + 1
                )
            }, uniquingKeysWith: max)
    }
}

/// Reads a topic from its beginning, keeping copies.
final class TopicReader {
    private var consumer: Consumer
    private var lanes: [(queue: Lane, partition: Int)] = []
    private(set) var messages: [WrittenMessage] = []
    private let isPrediction: Bool

    final class Lane {
        var queue: PartitionQueue
        var batch = MessageBatch(capacity: 500)
        init(_ queue: consuming PartitionQueue) { self.queue = queue }
    }

    init(_ station: Station, _ topic: String) throws {
        var properties = station.properties
        properties.set("group.id", "reader")
        consumer = try Consumer(properties)
        try consumer.connect(within: .seconds(60))
        isPrediction = topic == station.predictions
        let count = try consumer.partitionCount(of: topic, within: .seconds(60))
        let partitions = (0..<count).map { TopicPartition(topic, $0) }
        try consumer.assign(partitions.map { PartitionStart($0, from: .beginning) })
        for partition in partitions {
            lanes.append((Lane(try consumer.queue(of: partition)), partition.partition))
        }
    }

    /// Takes what is here.
    func take() {
        while consumer.poll() != nil {}
        for (lane, _) in lanes {
            while lane.queue.refill(&lane.batch) > 0 {
                for index in 0..<lane.batch.count {
                    messages.append(WrittenMessage(lane.batch, index, isPrediction: isPrediction))
                }
            }
        }
    }

    private var isCaughtUp: Bool { lanes.allSatisfy { $0.queue.queue.isCaughtUp } }

    /// Waits for messages about so many sources.
    func await(_ count: Int, location: SourceLocation = #_sourceLocation) throws {
        try eventually("\(count) sources", location: location) {
            take()
            return messages.count >= count && sources.count >= count
        }
    }

    /// Everything there is by now.
    func readToTheEnd() throws -> [WrittenMessage] {
        try eventually("the end") {
            take()
            return isCaughtUp
        }
        return messages
    }

    var sources: Set<String> { Set(messages.map(\.source)) }
}

extension WrittenMessage {
    init(_ batch: borrowing MessageBatch, _ index: Int, isPrediction: Bool) {
        let found = batch.headers(index)
        var headers: [String: String] = [:]
        for place in 0..<found.count {
            headers[found.name(place)] = String(
                decoding: found.value(place)?.copy ?? [], as: UTF8.self)
        }
        self.init(
            isPrediction: isPrediction, key: batch.key(index)?.copy,
            value: batch.payload(index)?.copy ?? [], headers: headers)
    }
}

/// A station with a broker in this process.
final class EmbeddedStation {
    let broker: EmbeddedBroker
    let station: Station

    init(partitions: Int, brokers: Int = 1, labelPartitions: Int? = nil) throws {
        broker = try EmbeddedBroker(brokerCount: brokers)
        station = Station(bootstrap: broker.bootstrapServers, partitions: partitions)
        for (name, count) in station.topics {
            let count = name == station.labels ? labelPartitions ?? count : count
            try broker.createTopic(name, partitions: count)
        }
    }
}
