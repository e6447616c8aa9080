import Bytes
import Pipeline
import Worker

/// A loop of turns of a tenth of the entities, and a snapshot that has these alone.
struct ChangesRun {
    let bytes: Int
    /// Of the whole snapshot that it builds upon.
    let wholeBytes: Int
    private(set) var quiet = SnapshotRun.Turns()
    private(set) var busy = SnapshotRun.Turns()

    private static let changedShare = 10

    var loss: Double { 1 - quiet.nanosPerEvent / busy.nanosPerEvent }

    init(
        _ pipeline: inout EventPipeline, _ turn: inout PaymentTurn, _ writer: SnapshotWriter,
        entities: Int
    ) {
        let base = SnapshotRun.head(SnapshotRun.next + 1)
        var head = SnapshotRun.head(SnapshotRun.next + 2)
        (head.base, head.chain) = (base.next, base.chain)
        turn.customersInUse = entities / Self.changedShare
        let turns = turn.customersInUse / PaymentTurn.events
        for _ in 0..<5 * turns { turn.run(&pipeline, timedBy: &quiet) }
        var frames = ByteWriter()
        let count = writer.outcome.count
        writer.begin(base, pipeline.beginSnapshot())
        while !writer.take(from: &pipeline, using: &frames) {}
        writer.publish()
        for _ in 0..<turns { turn.run(&pipeline, isInOrder: true) }
        while writer.outcome.count == count {}
        wholeBytes = writer.outcome.byteCount
        _ = SnapshotRun.take(
            head, of: &pipeline, by: writer, between: &turn, timedBy: &busy)
        bytes = writer.outcome.byteCount
        for _ in 0..<5 * turns { turn.run(&pipeline, timedBy: &quiet) }
    }
}
