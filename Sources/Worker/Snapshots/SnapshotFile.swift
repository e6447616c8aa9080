internal import Bytes
internal import Storage

/// One snapshot being written.
final class SnapshotFile {
    let head: SnapshotHead
    private let folder: SnapshotFolder
    private let temporary: String
    private var writer: FileWriter

    init(_ folder: SnapshotFolder, _ head: SnapshotHead) throws(SnapshotError) {
        self.folder = folder
        self.head = head
        let temporary = folder.temporaryFile(task: head.task, owner: head.owner)
        writer = try storing { () throws(StorageError) in
            try Folder.make(folder.path)
            return try FileWriter(path: temporary)
        }
        self.temporary = temporary
    }

    /// Before it is packed.
    var byteCount: Int { writer.byteCount }

    func append(_ bytes: RawSpan) throws(SnapshotError) {
        do throws(StorageError) { try writer.append(bytes) } catch { throw .storage(error) }
    }

    /// Reads the file again, and when it holds what it should puts it in its place and removes
    /// those that it makes dispensable.
    func publish() throws(SnapshotError) {
        do throws(StorageError) {
            try writer.finish()
            try writer.synchronize()
        } catch { throw .storage(error) }
        try FrameStream.verify(temporary)
        try storing { () throws(StorageError) in
            try AtomicFile.move(temporary, to: folder.file(task: head.task, next: head.next))
            try folder.prune(task: head.task)
        }
    }
}

/// Brings an error of storage among those of snapshots.
func storing<Value: ~Copyable>(
    _ body: () throws(StorageError) -> Value
) throws(SnapshotError) -> Value {
    do throws(StorageError) { return try body() } catch { throw .storage(error) }
}
