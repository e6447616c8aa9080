import Foundation
import Kafka
import Pipeline
import PipelineFixture
import Storage
import Testing

@testable import Worker

/// A worker that was stopped goes on from its snapshot, and steps again only what came after it.
@Suite struct SnapshotFolderTests {
    /// A directory that goes with the test.
    final class Scratch {
        let path = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
        deinit { try? FileManager.default.removeItem(atPath: path) }

        func snapshots() throws -> [String] {
            try Folder.names(in: path).filter { $0.hasSuffix(".snapshot.zst") }
        }

        func chains() throws -> Int {
            Set(
                try snapshots().map {
                    try StoredSnapshot("\(path)/\($0)", task: 0).head.chain
                }
            ).count
        }

        /// Changes one byte in the middle.
        func damage(_ name: String) throws {
            let url = URL(filePath: "\(path)/\(name)")
            var bytes = try Data(contentsOf: url)
            bytes[bytes.count / 2] ^= 1
            try bytes.write(to: url)
        }
    }

    private struct Parts {
        let setup: DeliveryTests.Setup
        let scratch = Scratch()
        var settings: WorkerSettings

        init(seed: UInt64) throws {
            setup = try DeliveryTests.Setup(1_200, seed: seed)
            settings = setup.station.single
            settings.snapshotFolder = SnapshotFolder(scratch.path)
            settings.snapshotInterval = .milliseconds(20)
        }

        /// Runs a worker until it has used so many records by itself.
        func run(
            _ records: ArraySlice<InputRecord>, used: Int
        ) throws -> (status: WorkerStatus, report: WorkerReport, unreadable: Int) {
            try setup.station.fill(Array(records))
            let worker = RunningWorker(settings, setup.pipeline)
            try eventually("\(used) records") { worker.status.records >= UInt64(used) }
            try eventually("running") { worker.status.phase == .running }
            let report = try worker.stop()
            return (worker.status, report, worker.control.unreadableSnapshots.count)
        }
    }

    @Test func aRestartReadsNothingTwice() async throws {
        try await onOwnThread {
            let parts = try Parts(seed: 61)
            let records = parts.setup.records
            let third = records.count / 3
            var last: WorkerReport?
            for part in [records[..<third], records[third..<2 * third], records[(2 * third)...]] {
                let (status, report, _) = try parts.run(part, used: part.count)
                #expect(status.records == UInt64(part.count))
                last = report
            }
            let reader = try TopicReader(parts.setup.station, parts.setup.station.predictions)
            let messages = try reader.readToTheEnd()
            #expect(messages.count == 1_200 && Set(messages).count == 1_200)
            let task = try #require(last?.tasks.first)
            #expect(task.status.counts.predictions == 1_200)
            #expect(try parts.scratch.chains() == SnapshotFolder.chainsMax)
        }
    }

    /// Another machine, with a folder of its own, goes on from the topic.
    @Test func anotherMachineRestoresFromTheTopic() async throws {
        try await onOwnThread {
            let parts = try Parts(seed: 63)
            try parts.setup.embedded.broker.createTopic("snapshots", partitions: 1)
            let records = parts.setup.records
            let third = records.count / 3
            let machines = [Scratch(), Scratch(), Scratch()]
            for (number, machine) in machines.enumerated() {
                var there = parts
                there.settings.snapshotFolder = SnapshotFolder(machine.path)
                there.settings.snapshotTopic = SnapshotTopic(
                    "snapshots", consumer: parts.settings.consumer,
                    producer: parts.settings.producer)
                let part = records[number * third..<(number + 1) * third]
                let (status, report, unreadable) = try there.run(part, used: part.count)
                #expect(status.records == UInt64(part.count), "nothing is read twice")
                #expect(unreadable == 0)
                let task = try #require(report.tasks.first)
                let events = records[..<((number + 1) * third)].count { $0.stream == .events }
                #expect(task.status.counts.predictions == events)
            }
            // The third one fetched what the second one sent, though the first one's is there too.
            #expect(try machines[2].chains() == SnapshotFolder.chainsMax)
        }
    }

    /// What is damaged in the folder is whole in the topic.
    @Test func theTopicServesADamagedFolder() async throws {
        try await onOwnThread {
            var parts = try Parts(seed: 64)
            try parts.setup.embedded.broker.createTopic("snapshots", partitions: 1)
            parts.settings.snapshotTopic = SnapshotTopic(
                "snapshots", consumer: parts.settings.consumer, producer: parts.settings.producer)
            let records = parts.setup.records
            let half = records.count / 2
            _ = try parts.run(records[..<half], used: half)
            let names = try parts.scratch.snapshots()
            for name in names { try parts.scratch.damage(name) }
            let rest = records[half...]
            let after = try parts.run(rest, used: rest.count)
            #expect(after.unreadable == names.count)
            #expect(after.status.records == UInt64(rest.count), "nothing is read twice")
        }
    }

    /// The newest is damaged: the one before does, and more of the journal; both: all of it.
    @Test(arguments: [1, 2]) func aDamagedSnapshotIsPassedOver(damaged: Int) async throws {
        try await onOwnThread {
            var parts = try Parts(seed: 62)
            // One snapshot a run: that of its end.
            parts.settings.snapshotInterval = .seconds(3_600)
            let records = parts.setup.records
            let third = records.count / 3
            let before = try parts.run(records[..<third], used: third)
            _ = try parts.run(records[third..<2 * third], used: third)
            for name in try parts.scratch.snapshots().suffix(damaged) {
                try parts.scratch.damage(name)
            }
            let replayed = damaged == 2 ? 2 * third : third
            let rest = records[(2 * third)...]
            let after = try parts.run(rest, used: replayed + rest.count)
            #expect(after.unreadable == damaged && before.unreadable == 0)
            #expect(after.status.delivered == UInt64(rest.count { $0.stream == .events }))
            let reader = try TopicReader(parts.setup.station, parts.setup.station.predictions)
            let messages = try reader.readToTheEnd()
            #expect(messages.count == 1_200 && Set(messages).count == 1_200)
            let task = try #require(after.report.tasks.first)
            #expect(task.status.counts.predictions == 1_200)
        }
    }
}
