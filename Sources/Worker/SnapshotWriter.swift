internal import Bytes
internal import Foundation
package import Pipeline
internal import Storage
internal import Synchronization

/// Packs and writes a worker's snapshots on a thread of its own, one at a time.
///
/// Memory: `framesHeldMax` pieces that were handed over and are not yet written.
package final class SnapshotWriter: Sendable {
    /// What the worker asks for, in this order, beginning anew with `begin` at any time.
    private enum Order {
        case begin(SnapshotHead, PipelineHead)
        case frames([UInt8])
        /// Nothing follows; everything that the snapshot holds was delivered.
        case publish
        case abandon
        case end
    }

    /// What became of the last snapshot.
    package struct Outcome: Sendable {
        var next: UInt64 = 0
        /// Before it is packed.
        package var byteCount = 0
        /// Snapshots that stand in the folder, since the start.
        package var count: UInt64 = 0
        var failures: UInt64 = 0
        var lastFailure: String?
    }

    private let folder: SnapshotFolder
    private let topic: SnapshotTopic?
    private let orders = Mutex<[Order]>([])
    private let wakeUp = DispatchSemaphore(value: 0)
    private let board = Mutex(Outcome())
    private let ended = DispatchSemaphore(value: 0)

    private static let framesHeldMax = 16
    /// Bytes of frames that are written at a time: a fraction of a millisecond.
    private static let pieceBytes = 256 << 10
    private static let stackBytes = 1 << 20

    /// - Parameter topic: where finished snapshots are sent to as well.
    package init(_ folder: SnapshotFolder, topic: SnapshotTopic? = nil) {
        self.folder = folder
        self.topic = topic
        let thread = Thread { [self] in run() }
        thread.name = "snapshots"
        thread.stackSize = Self.stackBytes
        thread.start()
    }

    package var outcome: Outcome { board.withLock { $0 } }

    /// Whether more frames may be handed over.
    var hasRoom: Bool { orders.withLock { $0.count < Self.framesHeldMax } }

    package func begin(_ head: SnapshotHead, _ pipeline: PipelineHead) {
        add(.begin(head, pipeline))
    }

    /// Takes the next piece of the snapshot that the pipeline has under way, or nothing while there
    /// is no room.
    ///
    /// - Returns: true when the snapshot is complete.
    package func take(from pipeline: inout EventPipeline) -> Bool {
        guard hasRoom else { return false }
        var frames = ByteWriter()
        let isComplete = pipeline.continueSnapshot(bytesMax: Self.pieceBytes, into: &frames)
        if frames.count > 0 { add(.frames(frames.copy())) }
        return isComplete
    }

    package func publish() { add(.publish) }
    func abandon() { add(.abandon) }

    /// Waits until all that was asked for is done, and ends the thread.
    package func finish() {
        add(.end)
        ended.wait()
    }

    private func add(_ order: Order) {
        orders.withLock { $0.append(order) }
        wakeUp.signal()
    }

    // MARK: On the thread

    private func run() {
        var file: SnapshotFile?
        var uploader = makeUploader()
        while true {
            wakeUp.wait()
            let order = orders.withLock { $0.removeFirst() }
            if case .end = order { break }
            do throws(StorageError) {
                if let finished = try follow(order, &file) { send(finished, by: &uploader) }
            } catch {
                file = nil
                noteFailure("\(error)")
            }
        }
        ended.signal()
    }

    private func makeUploader() -> SnapshotUploader? {
        guard let topic else { return nil }
        do throws(SnapshotError) { return try SnapshotUploader(topic) } catch {
            noteFailure("\(error)")
            return nil
        }
    }

    /// What cannot be sent stays in the folder; the next one is sent all the same.
    private func send(_ finished: SnapshotHead, by uploader: inout SnapshotUploader?) {
        let file = folder.file(task: finished.task, next: finished.next)
        do throws(SnapshotError) {
            try uploader?.send(file, finished)
        } catch { noteFailure("\(error)") }
    }

    private func noteFailure(_ reason: String) {
        board.withLock {
            $0.failures += 1
            $0.lastFailure = reason
        }
    }

    /// A piece of a snapshot that failed or was abandoned is passed over.
    ///
    /// - Returns: the snapshot that stands in the folder now.
    private func follow(
        _ order: Order, _ file: inout SnapshotFile?
    ) throws(StorageError) -> SnapshotHead? {
        switch order {
        case .begin(let head, let pipeline):
            try Folder.make(folder.path)
            file = try SnapshotFile(folder, head)
            var writer = ByteWriter()
            head.append(to: &writer)
            pipeline.append(to: &writer)
            try file?.append(writer.bytes)
        case .frames(let frames): try file?.append(unsafe frames.span.bytes)
        case .publish:
            guard let complete = file else { return nil }
            file = nil
            try complete.publish()
            board.withLock {
                $0.next = complete.head.next
                $0.byteCount = complete.byteCount
                $0.count += 1
            }
            return complete.head
        case .abandon, .end: file = nil
        }
        return nil
    }
}

/// One snapshot being written.
private final class SnapshotFile {
    let head: SnapshotHead
    private let folder: SnapshotFolder
    private let temporary: String
    private var writer: FileWriter

    init(_ folder: SnapshotFolder, _ head: SnapshotHead) throws(StorageError) {
        self.folder = folder
        self.head = head
        temporary = folder.temporaryFile(task: head.task, owner: head.owner)
        writer = try FileWriter(path: temporary)
    }

    /// Before it is packed.
    var byteCount: Int { writer.byteCount }

    func append(_ bytes: RawSpan) throws(StorageError) { try writer.append(bytes) }

    /// Puts the file in its place, and removes those that it makes dispensable.
    func publish() throws(StorageError) {
        try writer.finish()
        try writer.synchronize()
        try AtomicFile.move(temporary, to: folder.file(task: head.task, next: head.next))
        try folder.prune(task: head.task)
    }
}
