internal import Bytes
public import Kafka
internal import Storage

/// The newest two snapshots of every task in a compacted topic, a partition a task, so that any
/// machine can take a task over with nothing but Kafka.
///
/// A snapshot's file is sent in chunks, then its manifest. Its keys are those of the older of two
/// slots, so the newer one stays whole until the manifest of the next is acknowledged. What is
/// fetched becomes a file of the folder, and is read and verified like one.
public struct SnapshotTopic: Sendable {
    public let name: String
    let consumer: ClientProperties
    let producer: ClientProperties
    let patience: Duration

    /// Below the megabyte that a broker takes by default.
    static let chunkBytes = 512 << 10

    public init(
        _ name: String, consumer: ClientProperties, producer: ClientProperties,
        within patience: Duration = .seconds(30)
    ) {
        self.name = name
        self.consumer = consumer
        self.producer = producer
        self.patience = patience
    }

    /// Puts the task's newest snapshot into the folder, unless one as new is there.
    ///
    /// - Returns: the first batch that it does not hold; nil when there was none to fetch.
    func fetch(
        task: Int, into folder: SnapshotFolder, besides known: UInt64?
    ) throws(SnapshotError) -> UInt64? {
        let survey = try SnapshotSurvey(self, task: task)
        for found in survey.complete where found.manifest.next > known ?? 0 {
            if try copy(found, task: task, into: folder) { return found.manifest.next }
        }
        return nil
    }

    /// Puts every snapshot of the task that is whole into the folder.
    func fetchAll(task: Int, into folder: SnapshotFolder) throws(SnapshotError) {
        for found in try SnapshotSurvey(self, task: task).complete {
            _ = try copy(found, task: task, into: folder)
        }
    }

    /// Reads the chunks again and writes them down; false if they are not what the manifest says.
    private func copy(
        _ found: SnapshotSurvey.Found, task: Int, into folder: SnapshotFolder
    ) throws(SnapshotError) -> Bool {
        let temporary = folder.temporaryFile(task: task, owner: .random(in: 0 ... .max))
        var copied = SnapshotManifest(
            task: task, slot: found.manifest.slot, next: found.manifest.next)
        var writer = try storing { () throws(StorageError) in
            try Folder.make(folder.path)
            return try FileWriter(path: temporary)
        }
        var failure: StorageError?
        try SnapshotSurvey.read(self, task: task) { batch, index, offset in
            guard found.chunks.contains(offset), failure == nil,
                let value = batch.payload(index)
            else { return }
            copied.add(value)
            do throws(StorageError) { try writer.append(value) } catch { failure = error }
        }
        if let failure { throw .storage(failure) }
        guard copied == found.manifest else {
            try storing { () throws(StorageError) in try Folder.remove(temporary) }
            return false
        }
        try storing { () throws(StorageError) in
            try writer.finish()
            try writer.synchronize()
            try AtomicFile.move(temporary, to: folder.file(task: task, next: copied.next))
        }
        return true
    }
}

/// What a task's partition of the topic holds.
struct SnapshotSurvey {
    /// A snapshot that seems whole: its manifest, and the offsets of its chunks.
    struct Found {
        var manifest: SnapshotManifest
        var chunks: Set<Int64>
    }

    /// Newest first.
    private(set) var complete: [Found] = []

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
        for manifest in manifests.values.sorted(by: { $0.next > $1.next }) {
            let places = (0..<manifest.chunks).compactMap {
                chunks[SnapshotKey(task: task, slot: manifest.slot, chunk: $0)]
            }
            guard places.count == manifest.chunks else { continue }
            complete.append(Found(manifest: manifest, chunks: Set(places)))
        }
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
