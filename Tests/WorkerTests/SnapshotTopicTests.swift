import Foundation
import Kafka
import Storage
import Testing

@testable import Worker

/// Two slots of a task, written by machines in turn: the newer one always stays whole.
@Suite struct SnapshotTopicTests {
    private final class Place {
        let scratch = SnapshotFolderTests.Scratch()
        let broker: EmbeddedBroker
        let topic: SnapshotTopic

        init() throws {
            let broker = try EmbeddedBroker()
            try broker.createTopic("snapshots", partitions: 1)
            let properties: ClientProperties = [
                "bootstrap.servers": broker.bootstrapServers, "fetch.wait.max.ms": "10",
            ]
            topic = SnapshotTopic("snapshots", consumer: properties, producer: properties)
            self.broker = broker
            try Folder.make(scratch.path)
        }

        /// Sends a file of about so many chunks.
        func send(
            _ next: UInt64, chunks: Int, owner: UInt64, by uploader: inout SnapshotUploader
        ) throws {
            let path = "\(scratch.path)/file"
            let count = chunks * SnapshotTopic.chunkBytes - 100
            try Data((0..<count).map { UInt8(truncatingIfNeeded: $0 &* Int(next)) })
                .write(to: URL(filePath: path))
            try uploader.send(
                path,
                SnapshotHead(task: 0, next: next, owner: owner, journalOffset: 0, positions: [:]))
        }

        func complete() throws -> [UInt64] {
            try SnapshotSurvey(topic, task: 0).complete.map(\.manifest.next)
        }
    }

    @Test func aTaskThatComesBackFindsWhatOthersWrote() async throws {
        try await onOwnThread {
            let place = try Place()
            var first = try SnapshotUploader(place.topic)
            var second = try SnapshotUploader(place.topic)
            try place.send(10, chunks: 3, owner: 1, by: &first)
            try place.send(20, chunks: 1, owner: 1, by: &first)
            #expect(try place.complete() == [20, 10])
            try place.send(30, chunks: 2, owner: 2, by: &second)
            #expect(try place.complete() == [30, 20])
            try place.send(40, chunks: 1, owner: 3, by: &first)
            #expect(try place.complete() == [40, 30])
        }
    }

    /// A chunk that is not what the manifest says spoils its snapshot, not the one before.
    @Test func aDamagedChunkFallsBackToTheSnapshotBefore() async throws {
        try await onOwnThread {
            let place = try Place()
            var uploader = try SnapshotUploader(place.topic)
            try place.send(10, chunks: 2, owner: 1, by: &uploader)
            try place.send(20, chunks: 2, owner: 1, by: &uploader)
            var producer = try Producer(place.topic.producer)
            let handle = try producer.topic("snapshots")
            let key = SnapshotKey(task: 0, slot: 1, chunk: 1).bytes
            let value: [UInt8] = [1, 2, 3]
            try unsafe producer.send(
                to: handle, .partition(0), key: key.span.bytes, value: value.span.bytes,
                timestampMillis: 0)
            #expect(producer.flush(within: .seconds(30)) == 0)
            #expect(try place.complete() == [20, 10])
            let folder = SnapshotFolder(place.scratch.path)
            #expect(try place.topic.fetch(task: 0, into: folder, besides: nil) == 10)
            #expect(folder.newest(task: 0) == 10)
        }
    }
}
