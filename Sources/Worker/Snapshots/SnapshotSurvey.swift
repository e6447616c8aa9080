internal import Kafka

/// What a task's partition of the topic holds.
struct SnapshotSurvey {
    /// A chain, as far as it seems whole: its manifest, and by offset the part that a chunk is of.
    struct Found {
        var manifest: SnapshotManifest
        var chunks: [Int64: Int] = [:]
    }

    /// Newest first.
    private(set) var complete: [Found] = []
    /// In each slot, above the number of every chunk that is there.
    private(set) var chunksEnds = Array(repeating: 0, count: SnapshotManifest.slots)

    init(_ topic: SnapshotTopic, task: Int) throws(SnapshotError) {
        var manifests: [Int: SnapshotManifest] = [:]
        var chunks: [SnapshotKey: Int64] = [:]
        try Self.read(topic, task: task) { batch, index, offset in
            guard let bytes = batch.key(index), let key = SnapshotKey(bytes), key.task == task
            else { return }
            if key.chunk != nil {
                chunks[key] = batch.payload(index) == nil ? nil : offset
            } else {
                manifests[key.slot] = Self.manifest(batch, index)
            }
        }
        for key in chunks.keys where chunksEnds.indices.contains(key.slot) {
            guard let chunk = key.chunk, chunk < SnapshotManifest.chunksMax else { continue }
            chunksEnds[key.slot] = max(chunksEnds[key.slot], chunk + 1)
        }
        for manifest in manifests.values {
            let found = Self.found(manifest, chunks)
            if !found.manifest.parts.isEmpty { complete.append(found) }
        }
        complete.sort { $0.manifest.next > $1.manifest.next }
    }

    /// The parts of a chain up to the first that lacks a chunk.
    private static func found(
        _ manifest: SnapshotManifest, _ chunks: [SnapshotKey: Int64]
    ) -> Found {
        var found = Found(manifest: manifest)
        found.manifest.parts = []
        var first = 0
        for (number, part) in manifest.parts.enumerated() {
            let places = (first..<first + part.chunks).compactMap {
                chunks[SnapshotKey(task: manifest.task, slot: manifest.slot, chunk: $0)]
            }
            guard places.count == part.chunks else { break }
            for place in places { found.chunks[place] = number }
            found.manifest.parts.append(part)
            first += part.chunks
        }
        return found
    }

    private static func manifest(
        _ batch: borrowing MessageBatch, _ index: Int
    ) -> SnapshotManifest? {
        guard let bytes = batch.payload(index) else { return nil }
        return try? SnapshotManifest(bytes)
    }

    /// Reads the task's partition to the end that it has now.
    static func read(
        _ topic: SnapshotTopic, task: Int,
        _ body: (borrowing MessageBatch, Int, Int64) -> Void
    ) throws(SnapshotError) {
        do throws(KafkaError) {
            var properties = topic.consumer
            properties.setDefault("group.id", "snapshots")
            var consumer = try Consumer(properties)
            try consumer.connect(within: topic.patience)
            let partition = TopicPartition(topic.name, task)
            guard try !consumer.watermarks(of: partition, within: topic.patience).isEmpty else {
                return
            }
            try consumer.assign([PartitionStart(partition, from: .beginning)])
            var queue = try consumer.queue(of: partition)
            var batch = MessageBatch(capacity: 64)
            var lastFound = ContinuousClock.now
            while !queue.isCaughtUp {
                while consumer.poll() != nil {}
                if queue.refill(&batch) > 0 { lastFound = .now }
                for index in 0..<batch.count { body(batch, index, batch.offset(index)) }
                guard batch.isEmpty else { continue }
                _ = consumer.wait(atMost: .milliseconds(10))
                guard .now - lastFound < topic.patience else {
                    throw KafkaError(timedOut: "read \(partition)", within: topic.patience)
                }
            }
        } catch { throw .topic(error) }
    }
}
