import Features
import Foundation
import Pipeline
import Simulation
import Worker

/// A snapshot of many entities, as a worker takes it: a piece between two turns, packed and written
/// on another thread. Then the ways back: reading it, and stepping a journal again.
enum SnapshotBenchmark {
    private static let secondsMax = 5.0
    private static let lossMax = 0.05
    private static let pauseMillisMax = 10.0
    private static let restoreBytesMin = 100e6

    static func measure(_ scale: Scale, bootstrap: String?) throws -> [Measurement] {
        let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        defer { try? FileManager.default.removeItem(at: folder) }
        let settings = try HandbookProject.scoringSettings(HandbookProject.customerFeatures)
        let snapshots = SnapshotFolder(folder.path)
        let run = try SnapshotRun(settings, snapshots, entities: scale.snapshotEntities)
        let restored = try restore(settings, snapshots)
        guard restored.entities == scale.snapshotEntities else {
            throw Lost(expected: scale.snapshotEntities, found: restored.entities)
        }
        let bytes = Double(run.bytes)
        let rows = [
            Measurement(
                "taken in the background", run.seconds, "s", .atMost(secondsMax),
                note: "\(run.bytes >> 20) MiB, packed to \(run.packedBytes >> 20); "
                    + "\(scale.snapshotEntities) entities; at most \(run.heldBytes >> 20) waited"),
            Measurement(
                "throughput lost while it is taken", run.loss * 100, "%", .atMost(lossMax * 100),
                note: "\(Int(run.quiet.nanosPerEvent)) ns an event, "
                    + "\(Int(run.busy.nanosPerEvent)) then"),
            Measurement(
                "longest turn of 1,000 events meanwhile", run.busy.longestNanos / 1e6, "ms",
                .atMost(pauseMillisMax),
                note: "\(MeasurementTable.number(run.quiet.longestNanos / 1e6)) ms without"),
            Measurement(
                "the next one, a tenth of the entities changed",
                Double(run.changes.bytes) / Double(run.changes.wholeBytes) * 100, "% of its bytes",
                note: "\(run.changes.bytes >> 20) MiB; "
                    + "\(MeasurementTable.number(run.changes.loss * 100)) % of throughput lost"),
            Measurement(
                "restore", bytes / restored.seconds / 1e6, "MB/s", .atLeast(restoreBytesMin / 1e6),
                note: "\(MeasurementTable.number(restored.seconds)) s"),
        ]
        return try rows + ReplayRun.measure(scale, bootstrap: bootstrap)
    }

    private static func restore(
        _ settings: PipelineSettings, _ folder: SnapshotFolder
    ) throws -> (seconds: Double, entities: Int) {
        let begin = ContinuousClock.now
        var reader = SnapshotReader(task: SnapshotRun.task, settings)
        let task = try reader.read(SnapshotRun.next, in: folder, asked: [])
        let seconds = (ContinuousClock.now - begin) / Duration.seconds(1)
        guard let task else { return (seconds, 0) }
        return (seconds, task.pipeline.status.features.entities)
    }

    struct Lost: Error {
        let expected: Int
        let found: Int
    }
}
