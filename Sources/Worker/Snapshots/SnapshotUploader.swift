internal import Bytes
internal import Kafka
internal import Storage

/// Sends finished snapshot files to the topic, one at a time, from the thread that wrote them.
struct SnapshotUploader: ~Copyable {
    private let topic: SnapshotTopic
    private var producer: Producer
    private let handle: TopicHandle
    /// Of each task: the slot that is written next, and the chunks that each slot has.
    private var tasks: [Int: Slots] = [:]

    private struct Slots {
        /// Who held the task when the topic was looked at; under another, others may have written.
        let owner: UInt64
        var next = 0
        var chunks = Array(repeating: 0, count: SnapshotManifest.slots)
    }

    init(_ topic: SnapshotTopic) throws(SnapshotError) {
        do throws(KafkaError) {
            var properties = topic.producer
            // What the folder has packed is sent unpacked, so that chunks are read as they are.
            properties.setDefault("compression.type", "zstd")
            var producer = try Producer(properties)
            handle = try producer.topic(topic.name)
            self.producer = producer
        } catch { throw .topic(error) }
        self.topic = topic
    }

    /// Sends the file of a snapshot, and waits until all of it is acknowledged.
    mutating func send(_ path: String, _ head: SnapshotHead) throws(SnapshotError) {
        let task = head.task
        var slots = try self.slots(of: task, owner: head.owner)
        let slot = slots.next
        var manifest = SnapshotManifest(task: task, slot: slot, next: head.next)
        var reader = try Self.reader(path)
        var chunk: [UInt8] = []
        while try Self.fill(&chunk, from: &reader) {
            let key = SnapshotKey(task: task, slot: slot, chunk: manifest.chunks)
            manifest.add(unsafe chunk.span.bytes)
            try send(key, chunk)
            chunk.removeAll(keepingCapacity: true)
        }
        try flush()
        var bytes = ByteWriter()
        manifest.append(to: &bytes)
        try send(SnapshotKey(task: task, slot: slot), bytes.copy())
        // What a longer one left in the slot is nobody's any more.
        for old in manifest.chunks..<max(manifest.chunks, slots.chunks[slot]) {
            try send(SnapshotKey(task: task, slot: slot, chunk: old), nil)
        }
        try flush()
        slots.chunks[slot] = manifest.chunks
        slots.next = (slot + 1) % SnapshotManifest.slots
        tasks[task] = slots
    }

    /// As the topic has them, where another process may have written before.
    private func slots(of task: Int, owner: UInt64) throws(SnapshotError) -> Slots {
        if let known = tasks[task], known.owner == owner { return known }
        var slots = Slots(owner: owner)
        let survey = try SnapshotSurvey(topic, task: task)
        for found in survey.complete { slots.chunks[found.manifest.slot] = found.manifest.chunks }
        if let newest = survey.complete.first?.manifest {
            slots.next = (newest.slot + 1) % SnapshotManifest.slots
        }
        return slots
    }

    private static func reader(_ path: String) throws(SnapshotError) -> FileReader {
        do throws(StorageError) { return try FileReader(path: path) } catch {
            throw .storage(error)
        }
    }

    private static func fill(
        _ chunk: inout [UInt8], from reader: inout FileReader
    ) throws(SnapshotError) -> Bool {
        do throws(StorageError) {
            while chunk.count < SnapshotTopic.chunkBytes {
                if try reader.read(SnapshotTopic.chunkBytes - chunk.count, into: &chunk) == 0 {
                    break
                }
            }
        } catch { throw .storage(error) }
        return !chunk.isEmpty
    }

    private mutating func send(
        _ key: SnapshotKey, _ value: [UInt8]?
    ) throws(SnapshotError) {
        let deadline = ContinuousClock.now + topic.patience
        let keyBytes = key.bytes
        while true {
            do throws(KafkaError) {
                guard let value else {
                    return try producer.send(
                        to: handle, .partition(key.task), key: unsafe keyBytes.span.bytes,
                        value: nil, timestampMillis: 0)
                }
                return try producer.send(
                    to: handle, .partition(key.task), key: unsafe keyBytes.span.bytes,
                    value: unsafe value.span.bytes, timestampMillis: 0)
            } catch {
                guard error.code == .queueFull, .now < deadline else { throw .topic(error) }
                producer.takeReports()
                _ = producer.wait(atMost: .milliseconds(10))
            }
        }
    }

    private mutating func flush() throws(SnapshotError) {
        _ = producer.sealBatch()
        let left = producer.flush(within: topic.patience)
        while let event = producer.poll() {
            if case .settled(let delivery) = event, let failure = delivery.firstFailure {
                throw .topic(failure)
            }
        }
        if left > 0 {
            throw .topic(KafkaError(timedOut: "send snapshots", within: topic.patience))
        }
    }
}
