import Bytes
import Foundation
import Glibc
import Kafka
import Pipeline
import PipelineFixture
import Storage
import Testing

@testable import Worker

/// A disk that takes nothing, for a while or at all, costs the snapshot under way: no memory
/// without a bound, no older snapshot, and no prediction.
@Suite struct StalledDiskTests {
    private static let owner: UInt64 = 7

    @Test func aSnapshotThatWaitsTooLongIsGivenUpAndTakenAgain() async throws {
        try await onOwnThread {
            let setup = try DeliveryTests.Setup(1_200, seed: 67)
            let scratch = SnapshotFolderTests.Scratch()
            var settings = setup.station.single
            let folder = SnapshotFolder(scratch.path)
            settings.snapshotFolder = folder
            settings.snapshotInterval = .milliseconds(20)
            settings.snapshotBytesMax = 2_000
            try Folder.make(scratch.path)
            // Opening a pipe for writing waits until someone reads it.
            let pipe = folder.temporaryFile(task: 0, owner: Self.owner)
            let hasPipe = unsafe mkfifo(pipe, 0o600) == 0
            try #require(hasPipe)
            let worker = RunningWorker(settings, setup.pipeline, owner: Self.owner)
            let half = setup.records.count / 2
            let early = setup.records[..<half]
            // Turn by turn, so that one begins before the last of them.
            var sent = 0
            while sent < half {
                let part = setup.records[sent..<min(half, sent + 30)]
                try setup.station.fill(Array(part))
                sent += part.count
                try eventually("\(sent) records") { worker.status.records == UInt64(sent) }
            }
            try eventually("given up") { worker.status.errors["SNAPSHOT_GIVEN_UP"] ?? 0 > 0 }
            let events = early.count { $0.stream == .events }
            try eventually("deliveries") { worker.status.delivered == UInt64(events) }
            // Nothing is begun that could not be written either.
            #expect(worker.status.errors["SNAPSHOT_GIVEN_UP"] == 1)
            #expect(try scratch.snapshots().isEmpty)

            let moved = "\(scratch.path)/pipe"
            try FileManager.default.moveItem(atPath: pipe, toPath: moved)
            let reader = try #require(FileHandle(forReadingAtPath: moved))
            _ = try reader.readToEnd()
            try setup.station.fill(Array(setup.records[half...]))
            try eventually("a snapshot") { try !scratch.snapshots().isEmpty }
            try worker.stop()

            let next = RunningWorker(settings, setup.pipeline)
            try next.awaitPhase(.running)
            let report = try next.stop()
            #expect(next.status.records == 0, "nothing is read twice")
            #expect(report.tasks.first?.status.counts.predictions == 1_200)
        }
    }

    @Test func aFullDiskIsTold() async throws {
        try await onOwnThread {
            let setup = try DeliveryTests.Setup(300, seed: 68)
            let scratch = SnapshotFolderTests.Scratch()
            var settings = setup.station.single
            let folder = SnapshotFolder(scratch.path)
            settings.snapshotFolder = folder
            settings.snapshotInterval = .milliseconds(20)
            try Folder.make(scratch.path)
            let file = folder.temporaryFile(task: 0, owner: Self.owner)
            try FileManager.default.createSymbolicLink(
                atPath: file, withDestinationPath: "/dev/full")
            let worker = RunningWorker(settings, setup.pipeline, owner: Self.owner)
            try setup.station.fill(setup.records)
            try eventually("told") { worker.status.errors["SNAPSHOT_FAILED"] ?? 0 > 0 }
            #expect(worker.status.snapshotFailure?.isEmpty == false)
            try eventually("deliveries") { worker.status.delivered == 300 }
            #expect(try scratch.snapshots().isEmpty)
            try worker.stop()
        }
    }

    /// What was written is read again before older snapshots go.
    @Test func whatIsNoSnapshotReplacesNone() throws {
        let scratch = SnapshotFolderTests.Scratch()
        let folder = SnapshotFolder(scratch.path)
        for next: UInt64 in 1...4 {
            let head = SnapshotHead(
                task: 0, next: next, owner: 1, journalOffset: 0, positions: [:])
            let file = try SnapshotFile(folder, head)
            var bytes = ByteWriter()
            head.append(to: &bytes)
            if next == 4 { bytes.append(zeros: 1) }
            try file.append(bytes.bytes)
            if next == 4 {
                #expect(throws: SnapshotError.self) { try file.publish() }
            } else {
                try file.publish()
            }
        }
        #expect(try folder.files(task: 0) == [3, 2].map { folder.file(task: 0, next: $0) })
    }
}
