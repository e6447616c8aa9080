internal import Pipeline

/// What the beginning of a snapshot's file tells, without its state.
struct SnapshotOutline {
    let path: String
    let head: SnapshotHead
    /// No event of the state is newer, milliseconds since the Unix epoch; `Int64.min` for a state
    /// without events.
    let clock: Int64

    /// Reads the two frames at the front, verifying them.
    init(_ path: String, task: Int) throws(SnapshotError) {
        self.path = path
        var frames = try FrameStream(path)
        guard try frames.fill() else { throw .format(path: path, RestoredTask.empty) }
        head = try frames.takeHead()
        guard head.task == task else {
            throw .otherTask(path: path, found: head.task, expected: task)
        }
        guard try frames.fill() else { throw .format(path: path, RestoredTask.empty) }
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
