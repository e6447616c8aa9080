package import Bytes
internal import Foundation
package import Pipeline
internal import Storage
internal import Synchronization

/// Packs and writes a worker's snapshots on a thread of its own, one at a time.
///
/// Memory: what was handed over and is not yet written. The scan of the state waits while that is
/// much; what events push out of the snapshot cannot wait, and may make it `isOverfull`.
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
        /// By task, the one that the next snapshot may build upon.
        var chains: [Int: SnapshotChain] = [:]

        mutating func note(_ head: SnapshotHead, byteCount: Int) {
            next = head.next
            self.byteCount = byteCount
            count += 1
            if head.base == nil {
                chains[head.task] = SnapshotChain(head, byteCount: byteCount)
            } else {
                chains[head.task]?.append(head, byteCount: byteCount)
            }
        }
    }

    private let folder: SnapshotFolder
    private let topic: SnapshotTopic?
    private let heldBytesMax: Int
    private let queue = Mutex(Queue())
    private let wakeUp = DispatchSemaphore(value: 0)
    private let board = Mutex(Outcome())
    private let ended = DispatchSemaphore(value: 0)

    /// What is still to be done, and buffers for more.
    private struct Queue {
        var orders: [Order] = []
        /// Whether one that was taken is being followed.
        var isAtWork = false
        /// Bytes of the frames among the orders.
        var frameBytes = 0
        var spare: [[UInt8]] = []
    }

    /// Bytes of frames that may wait before the scan of the state does.
    private static let roomBytesMax = 4 << 20
    /// Bytes of frames that are written at a time: a fraction of a millisecond.
    private static let pieceBytesMax = 256 << 10
    private static let spareMax = 16
    /// A buffer that held more is not kept as it is.
    private static let spareBytesMax = 2 * pieceBytesMax
    private static let stackBytes = 1 << 20

    /// - Parameters:
    ///   - topic: where finished snapshots are sent to as well.
    ///   - heldBytesMax: what may wait to be written.
    package init(
        _ folder: SnapshotFolder, topic: SnapshotTopic? = nil, heldBytesMax: Int = 256 << 20
    ) {
        self.folder = folder
        self.topic = topic
        self.heldBytesMax = heldBytesMax
        let thread = Thread { [self] in run() }
        thread.name = "snapshots"
        thread.stackSize = Self.stackBytes
        thread.start()
    }

    package var outcome: Outcome { board.withLock { $0 } }

    /// Whether more of the state may be scanned.
    var hasRoom: Bool { heldBytes < min(Self.roomBytesMax, heldBytesMax / 2) }

    /// Whether more waits than may: the snapshot under way should be given up.
    var isOverfull: Bool { heldBytes > heldBytesMax }

    /// Bytes that were handed over and are not yet written.
    package var heldBytes: Int { queue.withLock { $0.frameBytes } }

    /// Whether everything that was asked for is done.
    var isIdle: Bool { queue.withLock { $0.orders.isEmpty && !$0.isAtWork } }

    package func begin(_ head: SnapshotHead, _ pipeline: PipelineHead) {
        add(.begin(head, pipeline))
    }

    /// Takes the next piece of the snapshot that the pipeline has under way; while there is no
    /// room, only what events have changed since the last piece.
    ///
    /// - Parameter frames: memory for the piece, used again.
    /// - Returns: true when the snapshot is complete.
    package func take(
        from pipeline: inout EventPipeline, using frames: inout ByteWriter
    ) -> Bool {
        frames.removeAll()
        let bytesMax = hasRoom ? min(Self.pieceBytesMax, heldBytesMax / 4) : 0
        let isComplete = pipeline.continueSnapshot(bytesMax: bytesMax, into: &frames)
        guard frames.count > 0 else { return isComplete }
        var piece = queue.withLock { $0.spare.popLast() } ?? []
        piece.removeAll(keepingCapacity: true)
        unsafe frames.bytes.withUnsafeBytes { unsafe piece.append(contentsOf: $0) }
        add(.frames(piece))
        return isComplete
    }

    package func publish() { add(.publish) }

    /// Gives up the snapshot under way, and what of it waits.
    func abandon() {
        queue.withLock { queue in
            while case .frames(let piece) = queue.orders.last {
                queue.orders.removeLast()
                queue.frameBytes -= piece.count
            }
        }
        add(.abandon)
    }

    /// Waits until all that was asked for is done, and ends the thread.
    package func finish() {
        add(.end)
        ended.wait()
    }

    private func add(_ order: Order) {
        queue.withLock {
            $0.orders.append(order)
            if case .frames(let piece) = order { $0.frameBytes += piece.count }
        }
        wakeUp.signal()
    }

    /// The next order, if it was not withdrawn meanwhile.
    private func takeOrder() -> Order? {
        queue.withLock { queue in
            guard !queue.orders.isEmpty else { return nil }
            queue.isAtWork = true
            return queue.orders.removeFirst()
        }
    }

    private func noteDone(_ order: consuming Order) {
        queue.withLock { queue in
            queue.isAtWork = false
            guard case .frames(let piece) = order else {
                // Between two snapshots no memory is held for the next.
                return queue.spare.removeAll()
            }
            queue.frameBytes -= piece.count
            guard queue.spare.count < Self.spareMax, piece.count <= Self.spareBytesMax else {
                return
            }
            queue.spare.append(piece)
        }
    }

    // MARK: On the thread

    private func run() {
        var file: SnapshotFile?
        var uploader = makeUploader()
        while true {
            wakeUp.wait()
            guard let order = takeOrder() else { continue }
            defer { noteDone(order) }
            if case .end = order { break }
            do throws(SnapshotError) {
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
        guard topic != nil else { return }
        var damaged: Set<String> = []
        do throws(SnapshotError) {
            let chain = try folder.chain(
                task: finished.task, endingWith: finished.next, besides: &damaged)
            try uploader?.send(chain?.reversed() ?? [])
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
    ) throws(SnapshotError) -> SnapshotHead? {
        switch order {
        case .begin(let head, let pipeline):
            file = try SnapshotFile(folder, head)
            var writer = ByteWriter()
            head.append(to: &writer)
            pipeline.append(to: &writer)
            try file?.append(writer.bytes)
        case .frames(let piece): try file?.append(unsafe piece.span.bytes)
        case .publish:
            guard let complete = file else { return nil }
            file = nil
            try complete.publish()
            board.withLock { $0.note(complete.head, byteCount: complete.byteCount) }
            return complete.head
        case .abandon, .end: file = nil
        }
        return nil
    }
}
