internal import Bytes
public import Kafka
internal import Storage

/// The newest two chains of snapshots of every task in a compacted topic, a partition a task, so
/// that any machine can take a task over with nothing but Kafka.
///
/// A snapshot's file is sent in chunks, then the manifest of its chain. A whole one begins a chain
/// under the keys of the older of two slots, so the newer one stays whole until the manifest of the
/// next is acknowledged; what builds upon it follows under the same slot's next keys. What is
/// fetched becomes files of the folder, and is read and verified like these.
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

    /// Puts the task's newest snapshot into the folder, with those that it builds upon, unless one
    /// as new is there. Where its last chunks are damaged, the one before takes its place.
    ///
    /// - Returns: the first batch that it does not hold; nil when there was none to fetch.
    func fetch(
        task: Int, into folder: SnapshotFolder, besides known: UInt64?
    ) throws(SnapshotError) -> UInt64? {
        let survey = try SnapshotSurvey(self, task: task)
        for found in survey.complete where found.manifest.next > known ?? 0 {
            if let next = try copy(found, into: folder) { return next }
        }
        return nil
    }

    /// Puts every snapshot of the task that is whole into the folder.
    func fetchAll(task: Int, into folder: SnapshotFolder) throws(SnapshotError) {
        for found in try SnapshotSurvey(self, task: task).complete {
            _ = try copy(found, into: folder)
        }
    }

    /// Reads the chunks again and writes down the files of the chain, up to the first that is not
    /// what the manifest says.
    ///
    /// - Returns: the first batch that the last of them does not hold; nil if there is none.
    private func copy(
        _ found: SnapshotSurvey.Found, into folder: SnapshotFolder
    ) throws(SnapshotError) -> UInt64? {
        let task = found.manifest.task
        let copies = found.manifest.parts.map {
            SnapshotCopy(
                of: $0, at: folder.temporaryFile(task: task, owner: .random(in: 0 ... .max)))
        }
        defer { for copy in copies { copy.discard() } }
        try storing { () throws(StorageError) in try Folder.make(folder.path) }
        var failure: StorageError?
        try SnapshotSurvey.read(self, task: task) { batch, index, offset in
            guard let part = found.chunks[offset], failure == nil,
                let value = batch.payload(index)
            else { return }
            do throws(StorageError) { try copies[part].append(value) } catch { failure = error }
        }
        if let failure { throw .storage(failure) }
        let whole = copies.prefix { $0.isWhole }
        for copy in whole {
            try storing { () throws(StorageError) in
                try copy.move(to: folder.file(task: task, next: copy.part.next))
            }
        }
        return whole.last?.part.next
    }
}
