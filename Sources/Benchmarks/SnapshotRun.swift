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
        turn.run(&pipeline, timedBy: &busy) { pipeline in
            let head = SnapshotHead(
                task: Self.task, next: Self.next, owner: 1, journalOffset: 0, positions: [:])
            writer.begin(head, pipeline.beginSnapshot())
        }
        var isComplete = false
        var frames = ByteWriter()
        while !isComplete {
            turn.run(&pipeline, timedBy: &busy) {
                isComplete = writer.take(from: &$0, using: &frames)
            }
            heldBytes = max(heldBytes, writer.heldBytes)
        }
        writer.publish()
        while writer.outcome.count == 0 { turn.run(&pipeline, timedBy: &busy) }
        seconds = (ContinuousClock.now - begin) / Duration.seconds(1)
        for _ in 0..<turns { turn.run(&pipeline, timedBy: &quiet) }
        writer.finish()
        bytes = writer.outcome.byteCount
        let file = folder.file(task: Self.task, next: Self.next)
        packedBytes = try FileManager.default.attributesOfItem(atPath: file)[.size] as? Int ?? 0
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
