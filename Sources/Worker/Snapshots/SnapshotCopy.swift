internal import Bytes
internal import Storage

/// A snapshot's file that is put together from chunks.
final class SnapshotCopy {
    /// What it should become.
    let part: SnapshotManifest.Part
    private let temporary: String
    private var writer: FileWriter?
    private var copied: SnapshotManifest.Part

    init(of part: SnapshotManifest.Part, at temporary: String) {
        self.part = part
        self.temporary = temporary
        copied = SnapshotManifest.Part(next: part.next)
    }

    var isWhole: Bool { copied == part && copied.chunks > 0 }

    /// Takes the next chunk; with the last one the file is on the disk.
    func append(_ chunk: RawSpan) throws(StorageError) {
        if copied.chunks == 0 { writer = try FileWriter(path: temporary) }
        copied.add(chunk)
        try writer?.append(chunk)
        guard copied.chunks == part.chunks else { return }
        try writer?.finish()
        try writer?.synchronize()
        writer = nil
    }

    func move(to path: String) throws(StorageError) { try AtomicFile.move(temporary, to: path) }

    /// Removes what was not moved.
    func discard() {
        writer = nil
        if copied.chunks > 0 { try? Folder.remove(temporary) }
    }
}
