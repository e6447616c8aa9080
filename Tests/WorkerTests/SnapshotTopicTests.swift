import Foundation
import Kafka
import Storage
import Testing

@testable import Worker

/// Two slots of a task, written by machines in turn: the newer one always stays whole. A slot has a
/// chain of snapshots.
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

        /// A file of about so many chunks.
        func stored(
            _ next: UInt64, chunks: Int, owner: UInt64 = 1, base: StoredSnapshot? = nil
        ) throws -> StoredSnapshot {
            let path = "\(scratch.path)/file-\(next)"
            let count = chunks * SnapshotTopic.chunkBytes - 100
            try Data((0..<count).map { UInt8(truncatingIfNeeded: $0 &* Int(next)) })
                .write(to: URL(filePath: path))
            var head = SnapshotHead(
                task: 0, next: next, owner: owner, journalOffset: 0, positions: [:])
            if let base { (head.base, head.chain) = (base.head.next, base.head.chain) }
            return StoredSnapshot(path: path, head: head)
        }

        /// Sends a whole snapshot.
        func send(
            _ next: UInt64, chunks: Int, owner: UInt64, by uploader: inout SnapshotUploader
        ) throws {
            try uploader.send([stored(next, chunks: chunks, owner: owner)])
        }

        /// Sends a whole snapshot, and one after the other so many that build upon it.
        func send(chain: [(next: UInt64, chunks: Int)], by uploader: inout SnapshotUploader) throws
        {
            var files: [StoredSnapshot] = []
            for (next, chunks) in chain {
                files.append(try stored(next, chunks: chunks, base: files.last))
                try uploader.send(files)
            }
        }

        func damage(slot: Int, chunk: Int) throws {
            var producer = try Producer(topic.producer)
            let handle = try producer.topic("snapshots")
            let key = SnapshotKey(task: 0, slot: slot, chunk: chunk).bytes
            let value: [UInt8] = [1, 2, 3]
            try unsafe producer.send(
                to: handle, .partition(0), key: key.span.bytes, value: value.span.bytes,
                timestampMillis: 0)
            #expect(producer.flush(within: .seconds(30)) == 0)
        }

        func complete() throws -> [UInt64] {
            try SnapshotSurvey(topic, task: 0).complete.map(\.manifest.next)
        }

        /// Fetches the newest into an empty folder.
        ///
        /// - Returns: what is there then, each as it was sent.
        func fetch() throws -> [UInt64] {
            let folder = SnapshotFolder("\(scratch.path)/\(UUID().uuidString)")
            let newest = try topic.fetch(task: 0, into: folder, besides: nil)
            let found = folder.snapshots(of: 0)
            #expect(found.first == newest)
            for next in found {
                var bytes: [UInt8] = []
                var reader = try FileReader(path: folder.file(task: 0, next: next))
                while try reader.read(1 << 20, into: &bytes) > 0 {}
                let sent = try Data(contentsOf: URL(filePath: "\(scratch.path)/file-\(next)"))
                let isAsSent = bytes == Array(sent)
                #expect(isAsSent, "\(next)")
            }
            #expect(try Folder.names(in: folder.path).count == found.count, "nothing half done")
            return found
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
            try place.damage(slot: 1, chunk: 1)
            #expect(try place.complete() == [20, 10])
            let folder = SnapshotFolder(place.scratch.path)
            #expect(try place.topic.fetch(task: 0, into: folder, besides: nil) == 10)
            #expect(folder.newest(task: 0) == 10)
        }
    }

    @Test func aChainGoesOnInItsSlot() async throws {
        try await onOwnThread {
            let place = try Place()
            var uploader = try SnapshotUploader(place.topic)
            try place.send(chain: [(10, 2), (20, 1), (30, 2)], by: &uploader)
            #expect(try place.complete() == [30])
            #expect(try SnapshotSurvey(place.topic, task: 0).chunksEnds == [5, 0])
            #expect(try place.fetch() == [30, 20, 10])
            try place.send(chain: [(40, 1), (50, 1)], by: &uploader)
            #expect(try place.complete() == [50, 30])
            #expect(try place.fetch() == [50, 40])
            // What the first chain had more is gone.
            try place.send(chain: [(60, 1)], by: &uploader)
            #expect(try SnapshotSurvey(place.topic, task: 0).chunksEnds == [1, 2])
            // A key that is none of ours.
            try place.damage(slot: 0, chunk: .max)
            #expect(try SnapshotSurvey(place.topic, task: 0).chunksEnds == [1, 2])
            #expect(try place.complete() == [60, 50])
            let all = SnapshotFolder("\(place.scratch.path)/all")
            try place.topic.fetchAll(task: 0, into: all)
            #expect(all.snapshots(of: 0) == [60, 50, 40])
        }
    }

    /// A damaged part ends its chain before it; a damaged whole snapshot ends it all.
    @Test func aDamagedPartFallsBackToTheOneBefore() async throws {
        try await onOwnThread {
            let place = try Place()
            var uploader = try SnapshotUploader(place.topic)
            try place.send(chain: [(10, 1), (20, 1)], by: &uploader)
            try place.send(chain: [(30, 2), (40, 1), (50, 2)], by: &uploader)
            #expect(try place.fetch() == [50, 40, 30])
            try place.damage(slot: 1, chunk: 4)
            #expect(try place.fetch() == [40, 30])
            try place.damage(slot: 1, chunk: 2)
            #expect(try place.fetch() == [30])
            try place.damage(slot: 1, chunk: 0)
            #expect(try place.fetch() == [20, 10])
        }
    }

    /// A process that has not sent the beginning of a chain sends all of it.
    @Test func aChainWhoseBeginningIsNotThereIsSentWhole() async throws {
        try await onOwnThread {
            let place = try Place()
            var first = try SnapshotUploader(place.topic)
            var second = try SnapshotUploader(place.topic)
            try place.send(10, chunks: 1, owner: 1, by: &first)
            let whole = try place.stored(20, chunks: 1)
            let next = try place.stored(30, chunks: 1, base: whole)
            try second.send([whole, next])
            #expect(try place.complete() == [30, 10])
            #expect(try place.fetch() == [30, 20])
        }
    }
}
