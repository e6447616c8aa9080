internal import Bytes
internal import Kafka
internal import Storage

/// Sends finished snapshot files to the topic, one at a time, from the thread that wrote them.
struct SnapshotUploader: ~Copyable {
    private let topic: SnapshotTopic
    private var producer: Producer
    private let handle: TopicHandle
    private var tasks: [Int: Slots] = [:]

    /// What a task's slots hold.
    private struct Slots {
        /// Who held the task when the topic was looked at; under another, others may have written.
        let owner: UInt64
        /// The slot of the newest chain.
        var newest = SnapshotManifest.slots - 1
        /// The chain there, if this process has sent it.
        var chain: UInt64?
        var manifest: SnapshotManifest?
        /// In each slot, above the number of every chunk that may be there.
        var chunksEnds = Array(repeating: 0, count: SnapshotManifest.slots)

        /// The manifest that the files of a chain, oldest first, are to be added to: that of the
        /// newest one, if they go on where it ends.
        func manifest(continuedBy chain: [StoredSnapshot], task: Int) -> SnapshotManifest {
            if let manifest, self.chain == chain.last?.head.chain,
                manifest.parts.count < chain.count,
                zip(manifest.parts, chain).allSatisfy({ $0.next == $1.head.next })
            {
                return manifest
            }
            return SnapshotManifest(task: task, slot: (newest + 1) % SnapshotManifest.slots)
        }
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

    /// Sends those files of a chain that are not in the topic, and waits until all of it is
    /// acknowledged.
    ///
    /// - Parameter chain: a whole snapshot, and those that build upon it, oldest first.
    mutating func send(_ chain: [StoredSnapshot]) throws(SnapshotError) {
        guard let head = chain.last?.head else { return }
        var slots = try self.slots(of: head.task, owner: head.owner)
        // Until all of it is there, nobody knows what is: the topic is looked at anew.
        tasks[head.task] = nil
        var manifest = slots.manifest(continuedBy: chain, task: head.task)
        for stored in chain.dropFirst(manifest.parts.count) { try send(stored, &manifest) }
        try settle()
        var bytes = ByteWriter()
        manifest.append(to: &bytes)
        try send(SnapshotKey(task: manifest.task, slot: manifest.slot), bytes.copy())
        // What a longer one left in the slot is nobody's any more.
        let end = slots.chunksEnds[manifest.slot]
        for old in manifest.chunks..<max(manifest.chunks, end) {
            try send(SnapshotKey(task: manifest.task, slot: manifest.slot, chunk: old), nil)
        }
        try settle()
        slots.chunksEnds[manifest.slot] = manifest.chunks
        slots.newest = manifest.slot
        slots.manifest = manifest
        slots.chain = head.chain
        tasks[head.task] = slots
    }

    /// Sends the chunks of a file under the keys that follow those of the manifest.
    private mutating func send(
        _ stored: StoredSnapshot, _ manifest: inout SnapshotManifest
    ) throws(SnapshotError) {
        var part = SnapshotManifest.Part(next: stored.head.next)
        var reader = try Self.reader(stored.path)
        var chunk: [UInt8] = []
        while try Self.fill(&chunk, from: &reader) {
            let number = manifest.chunks + part.chunks
            part.add(unsafe chunk.span.bytes)
            try send(
                SnapshotKey(task: manifest.task, slot: manifest.slot, chunk: number), chunk)
            // However large it is, so much is under way, and patience is for that alone.
            if part.chunks.isMultiple(of: Self.chunksUnderWayMax) { try settle() }
            chunk.removeAll(keepingCapacity: true)
        }
        manifest.parts.append(part)
    }

    /// As the topic has them, where another process may have written before.
    private func slots(of task: Int, owner: UInt64) throws(SnapshotError) -> Slots {
        if let known = tasks[task], known.owner == owner { return known }
        var slots = Slots(owner: owner)
        let survey = try SnapshotSurvey(topic, task: task)
        slots.chunksEnds = survey.chunksEnds
        if let newest = survey.complete.first?.manifest { slots.newest = newest.slot }
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

    private mutating func settle() throws(SnapshotError) {
        do throws(KafkaError) { try producer.settle(within: topic.patience) } catch {
            throw .topic(error)
        }
    }

    private static let chunksUnderWayMax = 32
}
