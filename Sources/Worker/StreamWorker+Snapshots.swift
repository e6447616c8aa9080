internal import Kafka
internal import Pipeline

/// A snapshot under way.
struct SnapshotUnderWay {
    let task: Int
    /// The first batch that the task's snapshot before does not hold.
    let before: UInt64
    /// The first batch that it need not wait for: all before must have been delivered. Nil while
    /// frames are still to be written.
    var next: UInt64?
}

extension StreamTask {
    /// Whether it has gone on since its newest snapshot.
    fileprivate var wantsSnapshot: Bool {
        !isReplaying && !pipeline.isComparing && (chain.next > snapshotNext || hasUnsavedAlerts)
    }
}

/// Snapshots, a piece between two turns.
extension StreamWorker {
    /// Goes on with the snapshot under way, or begins one that is due.
    mutating func continueSnapshots() {
        guard let writer = snapshotWriter else { return }
        if let current = snapshot {
            proceed(current, writer)
        } else if .now - lastSnapshot >= settings.snapshotInterval {
            beginSnapshot(writer)
        }
    }

    /// Of the task whose last one is oldest; not before the disk has caught up with the one before.
    private mutating func beginSnapshot(_ writer: SnapshotWriter) {
        guard writer.isIdle else { return }
        lastSnapshot = .now
        let due = tasks.values.filter(\.wantsSnapshot)
        guard
            let task = due.min(by: { ($0.snapshotNext, $0.number) < ($1.snapshotNext, $1.number) })
        else { return }
        begin(task, writer)
    }

    private mutating func begin(_ task: StreamTask<StreamInput>, _ writer: SnapshotWriter) {
        var head = SnapshotHead(
            task: task.number, next: task.chain.next,
            owner: books.owner(ofTask: task.number),
            journalOffset: books.offset(ofTask: task.number), positions: task.chain.positions,
            computed: task.pipeline.computedPart)
        place(&head, task, writer.outcome.chains[task.number])
        writer.begin(head, task.pipeline.beginSnapshot(sinceLast: head.base != nil))
        snapshot = SnapshotUnderWay(task: task.number, before: task.snapshotNext)
        task.snapshotNext = head.next
        task.hasUnsavedAlerts = false
    }

    /// Builds the snapshot upon the task's chain, or makes it the first of another.
    private func place(
        _ head: inout SnapshotHead, _ task: StreamTask<StreamInput>, _ chain: SnapshotChain?
    ) {
        if task.pipeline.hasSnapshotBefore, let chain,
            chain.takes(
                head, after: task.snapshotNext, changedShare: task.pipeline.changedShare)
        {
            head.build(upon: chain)
        } else {
            head.chain = .random(in: 0 ... .max)
        }
    }

    private mutating func proceed(_ current: SnapshotUnderWay, _ writer: SnapshotWriter) {
        guard let task = tasks[current.task] else { return abandonSnapshot(of: current.task) }
        if let next = current.next {
            guard deliveries.delivered(task: current.task) >= next else { return }
            writer.publish()
            snapshot = nil
            return
        }
        if writer.take(from: &task.pipeline, using: &snapshotFrames) {
            snapshot?.next = task.chain.next
        } else if writer.isOverfull {
            errors["SNAPSHOT_GIVEN_UP", default: 0] += 1
            abandonSnapshot(of: current.task)
            task.snapshotNext = current.before
        }
    }

    /// Whether a piece of a snapshot can be had without waiting.
    var hasSnapshotPiece: Bool {
        guard let snapshot, snapshot.next == nil else { return false }
        return snapshotWriter?.hasRoom ?? false
    }

    /// A task is given up with its snapshot unfinished.
    mutating func abandonSnapshot(of number: Int) {
        guard snapshot?.task == number else { return }
        snapshot = nil
        snapshotWriter?.abandon()
        tasks[number]?.pipeline.abandonSnapshot()
    }

    /// At the end, everything being delivered: one of each task that has gone on since its last.
    mutating func writeLastSnapshots() {
        guard let writer = snapshotWriter else { return }
        let begin = ContinuousClock.now
        for task in tasks.values where task.wantsSnapshot {
            if snapshot != nil { finishSnapshot(writer) }
            self.begin(task, writer)
            finishSnapshot(writer)
            if .now - begin > settings.drainPatience { break }
        }
        if snapshot != nil { finishSnapshot(writer) }
    }

    private mutating func finishSnapshot(_ writer: SnapshotWriter) {
        while let current = snapshot {
            proceed(current, writer)
            if !writer.hasRoom { _ = consumer.wait(atMost: Self.roomWait) }
        }
    }

    private static let roomWait = Duration.milliseconds(1)
}
