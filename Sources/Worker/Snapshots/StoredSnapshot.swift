internal import Bytes

/// A snapshot's file, and the moment that it says it shows.
struct StoredSnapshot {
    let path: String
    let head: SnapshotHead
}

extension StoredSnapshot {
    /// Reads the frame at the front, verifying it.
    init(_ path: String, task: Int) throws(SnapshotError) {
        var frames = try FrameStream(path)
        self.init(path: path, head: try frames.readHead(ofTask: task))
    }
}

extension FrameStream {
    /// Takes the first frame.
    mutating func readHead(ofTask task: Int) throws(SnapshotError) -> SnapshotHead {
        guard try fill() else {
            throw .format(path: path, .truncated(at: 0, needed: 1, available: 0))
        }
        let head = try takeHead()
        guard head.task == task else {
            throw .otherTask(path: path, found: head.task, expected: task)
        }
        return head
    }
}

extension SnapshotFolder {
    /// A snapshot and those that it builds upon, newest first.
    ///
    /// - Parameter damaged: files that cannot be read; one that turns out to be such joins them.
    /// - Returns: nil if it needs one of these.
    func chain(
        task: Int, endingWith next: UInt64, besides damaged: inout Set<String>
    ) throws(SnapshotError) -> [StoredSnapshot]? {
        var chain: [StoredSnapshot] = []
        var wanted: UInt64? = next
        while let next = wanted {
            let path = file(task: task, next: next)
            guard !damaged.contains(path) else { return nil }
            do throws(SnapshotError) {
                let found = try StoredSnapshot(path, task: task)
                if let newer = chain.last, !newer.head.isBuilt(upon: found.head) {
                    throw .otherBase(path: path, of: newer.path)
                }
                chain.append(found)
                wanted = found.head.base
            } catch {
                damaged.insert(path)
                throw error
            }
        }
        return chain
    }
}
