internal import Bytes
internal import Pipeline

/// What the beginning of a snapshot's file tells, without its state.
struct SnapshotOutline {
    let folder: SnapshotFolder
    let head: SnapshotHead
    /// No event of the state is newer, milliseconds since the Unix epoch; `Int64.min` for a state
    /// without events.
    let clock: Int64

    /// Reads the two frames at the front, verifying them.
    ///
    /// - Parameter next: the first batch that it does not hold.
    init(_ next: UInt64, in folder: SnapshotFolder, task: Int) throws(SnapshotError) {
        self.folder = folder
        let path = folder.file(task: task, next: next)
        var frames = try FrameStream(path)
        head = try frames.readHead(ofTask: task)
        guard try frames.fill() else {
            throw .format(path: path, .truncated(at: 0, needed: 1, available: 0))
        }
        clock = try frames.readClock()
    }

    /// Behind the last event of any partition that is in the state.
    var eventsEnd: Int64 {
        head.positions.filter { $0.key.stream == .events }.values.max() ?? 0
    }

    /// Whether its state holds no event from the bound on.
    func isBefore(_ bound: EventBound) -> Bool {
        switch bound {
        case .time(let millis): clock < millis
        case .offset(let offset): eventsEnd <= offset
        }
    }
}
