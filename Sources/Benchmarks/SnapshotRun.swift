import Bytes
import Foundation
import Pipeline
import Worker

/// A loop of turns like a worker's, in the middle of which a snapshot is taken.
struct SnapshotRun {
    static let task = 0
    static let next: UInt64 = 1

    /// From the decision to take it until it stands in the folder, by wall clock.
    let seconds: Double
    /// The next one, a tenth of the entities having changed.
    let changes: ChangesRun
    let bytes: Int
    let packedBytes: Int
    /// The most that has waited to be packed and written.
    private(set) var heldBytes = 0
    /// Turns before the snapshot and after it.
    private(set) var quiet = Turns()
    /// Turns while it is taken, with the piece that follows each.
    private(set) var busy = Turns()

    /// Before anything is measured; some are old enough then to leave their windows.
    private static let eventsPerEntity = 3

    /// Part of the throughput that is lost meanwhile.
    var loss: Double { 1 - quiet.nanosPerEvent / busy.nanosPerEvent }

    init(_ settings: PipelineSettings, _ folder: SnapshotFolder, entities: Int) throws {
        var pipeline = try EventPipeline(settings)
        var turn = PaymentTurn(customers: entities)
        let turns = entities / PaymentTurn.events
        for _ in 0..<turns * Self.eventsPerEntity { turn.run(&pipeline, isInOrder: true) }
        for _ in 0..<turns { turn.run(&pipeline, timedBy: &quiet) }

        let writer = SnapshotWriter(folder)
        let begin = ContinuousClock.now
        heldBytes = Self.take(
            Self.head(Self.next), of: &pipeline, by: writer, between: &turn, timedBy: &busy)
        seconds = (ContinuousClock.now - begin) / Duration.seconds(1)
        for _ in 0..<turns { turn.run(&pipeline, timedBy: &quiet) }
        bytes = writer.outcome.byteCount
        changes = ChangesRun(&pipeline, &turn, writer, entities: entities)
        writer.finish()
        let file = folder.file(task: Self.task, next: Self.next)
        packedBytes = try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int ?? 0
    }

    static func head(_ next: UInt64) -> SnapshotHead {
        SnapshotHead(task: task, next: next, owner: 1, journalOffset: 0, positions: [:])
    }

    /// Takes a snapshot between turns, until it stands in the folder.
    ///
    /// - Returns: the most bytes that have waited to be packed and written.
    static func take(
        _ head: SnapshotHead, of pipeline: inout EventPipeline, by writer: SnapshotWriter,
        between turn: inout PaymentTurn, timedBy turns: inout Turns
    ) -> Int {
        let count = writer.outcome.count
        turn.run(&pipeline, timedBy: &turns) { pipeline in
            writer.begin(head, pipeline.beginSnapshot(sinceLast: head.base != nil))
        }
        var isComplete = false
        var heldBytes = 0
        var frames = ByteWriter()
        while !isComplete {
            turn.run(&pipeline, timedBy: &turns) {
                isComplete = writer.take(from: &$0, using: &frames)
            }
            heldBytes = max(heldBytes, writer.heldBytes)
        }
        writer.publish()
        while writer.outcome.count == count { turn.run(&pipeline, timedBy: &turns) }
        return heldBytes
    }

    /// Processor time of the loop's thread.
    struct Turns {
        private var count = 0
        private var nanos = 0.0
        private(set) var longestNanos = 0.0

        mutating func append(_ nanos: Double) {
            count += 1
            self.nanos += nanos
            longestNanos = max(longestNanos, nanos)
        }

        var nanosPerEvent: Double { nanos / Double(max(count, 1) * PaymentTurn.events) }
    }
}
