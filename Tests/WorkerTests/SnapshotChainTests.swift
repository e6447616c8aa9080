import Bytes
import Foundation
import Kafka
import Pipeline
import PipelineFixture
import Storage
import TestSupport
import Testing

@testable import Worker

/// Snapshots that build upon one another, in a folder: when a chain goes on, what of it is kept,
/// and which moment is restored whichever file is damaged.
@Suite struct SnapshotChainTests {
    private static func head(_ next: UInt64, base: UInt64? = nil, chain: UInt64) -> SnapshotHead {
        var head = SnapshotHead(
            task: 0, next: next, owner: 1, journalOffset: 0, positions: [:])
        (head.base, head.chain) = (base, chain)
        return head
    }

    // MARK: When

    @Test func aChainEndsWhereAWholeSnapshotIsBetter() {
        var chain = SnapshotChain(Self.head(10, chain: 5), byteCount: 1_000)
        func takes(_ next: UInt64, after last: UInt64, changed: Double = 0.1) -> Bool {
            chain.takes(Self.head(next, chain: 5), after: last, changedShare: changed)
        }
        #expect(takes(20, after: 10))
        #expect(takes(20, after: 10, changed: 0.5) && !takes(20, after: 10, changed: 0.51))
        // The last one did not come to stand in the folder, or the next takes its name.
        #expect(!takes(20, after: 15) && !takes(10, after: 10))
        var other = Self.head(20, chain: 5)
        other.owner = 2
        #expect(!chain.takes(other, after: 10, changedShare: 0.1))
        chain.append(Self.head(20, base: 10, chain: 5), byteCount: 500)
        #expect(chain.count == 2 && takes(30, after: 20) && !takes(30, after: 10))
        chain.append(Self.head(30, base: 20, chain: 5), byteCount: 1)
        #expect(!takes(40, after: 30), "more than half of the whole one's bytes")

        chain = SnapshotChain(Self.head(10, chain: 5), byteCount: 1_000)
        for next: UInt64 in 11..<17 {
            chain.append(Self.head(next, base: next - 1, chain: 5), byteCount: 1)
        }
        #expect(chain.count == SnapshotChain.snapshotsMax - 1 && takes(17, after: 16))
        chain.append(Self.head(17, base: 16, chain: 5), byteCount: 1)
        #expect(chain.count == SnapshotChain.snapshotsMax && !takes(18, after: 17))
    }

    @Test func twoChainsAreKept() {
        #expect(SnapshotFolder.dispensable([]) == [])
        #expect(SnapshotFolder.dispensable([3, 3, 3]) == [])
        #expect(SnapshotFolder.dispensable([3, 2, 2, 1, 1]) == [3, 4])
        // Of two writers in turn.
        #expect(SnapshotFolder.dispensable([4, 3, 2, 3, 1]) == [2, 4])
        // What cannot be read goes with what is older than all that is kept.
        #expect(SnapshotFolder.dispensable([nil, 3, nil, 2, nil, 1, nil]) == [4, 5, 6])
        #expect(SnapshotFolder.dispensable([nil, nil]) == [])
    }

    // MARK: Formats

    @Test func headsOfAllVersionsAreRead() throws {
        func frame(_ version: UInt16, _ body: (inout ByteWriter) -> Void) -> [UInt8] {
            var writer = ByteWriter()
            writer.appendFrame(.snapshotHead, version: version) { payload in
                payload.append(fixed: UInt32(3))
                payload.append(fixed: UInt64(70))
                payload.append(fixed: UInt64(9))
                payload.append(fixed: UInt64(12))
                JournalRecord.append([JournalInput(.events, 1): 500], to: &payload)
                body(&payload)
            }
            return writer.copy()
        }
        var expected = SnapshotHead(
            task: 3, next: 70, owner: 9, journalOffset: 12,
            positions: [JournalInput(.events, 1): 500])
        let first = frame(1) { _ in }
        #expect(try unsafe SnapshotHead(first.span.bytes) == expected)
        expected.computed = ["amount"]
        let second = frame(2) {
            $0.append(fixed: UInt8(1))
            $0.append(fixed: UInt32(1))
            $0.append(counted: "amount")
        }
        let old = try unsafe SnapshotHead(second.span.bytes)
        #expect(old == expected && old.base == nil && old.chain == 70)
        for computed in [["amount"], nil] as [Set<String>?] {
            for base in [60, nil] as [UInt64?] {
                (expected.computed, expected.base, expected.chain) = (computed, base, .max)
                var writer = ByteWriter()
                expected.append(to: &writer)
                #expect(try SnapshotHead(writer.bytes) == expected)
            }
        }
        // Whoever follows such bases would not come to an end.
        expected.base = 70
        var writer = ByteWriter()
        expected.append(to: &writer)
        #expect(throws: FormatError.self) { _ = try SnapshotHead(writer.bytes) }
    }

    @Test func manifestsOfBothVersionsAreRead() throws {
        let chunk: [UInt8] = [1, 2, 3]
        var part = SnapshotManifest.Part(next: 70)
        part.add(unsafe chunk.span.bytes)
        var manifest = SnapshotManifest(task: 4, slot: 1)
        manifest.parts = [part]
        var old = ByteWriter()
        old.appendFrame(.snapshotManifest, version: 1) { payload in
            payload.append(fixed: UInt32(4))
            payload.append(fixed: UInt8(1))
            payload.append(fixed: part.next)
            payload.append(fixed: UInt32(part.chunks))
            payload.append(count: part.byteCount)
            payload.append(fixed: part.digest)
        }
        #expect(try SnapshotManifest(old.bytes) == manifest)
        part.next = 80
        part.add(unsafe chunk.span.bytes)
        manifest.parts.append(part)
        var writer = ByteWriter()
        manifest.append(to: &writer)
        #expect(try SnapshotManifest(writer.bytes) == manifest)
        #expect(manifest.next == 80 && manifest.chunks == 3)
    }

    // MARK: Which

    /// Two chains of three snapshots each, a third one's whole snapshot to come.
    private final class Chains {
        let scratch = SnapshotFolderTests.Scratch()
        let settings: PipelineSettings
        let folder: SnapshotFolder
        /// The state at each snapshot.
        var moments: [UInt64: [UInt8]] = [:]
        private var fold: Fold
        private var records: ArraySlice<InputRecord>
        private var chain: SnapshotChain?
        private let writer: SnapshotWriter

        init() throws {
            settings = try PaymentProject().settings()
            folder = SnapshotFolder(scratch.path)
            records = InputRecord.numbered(MergeTests.payments(900, partitions: 1, seed: 9))[...]
            fold = try Fold(settings)
            writer = SnapshotWriter(folder)
            for next: UInt64 in 1...6 { try take(next) }
        }

        deinit { writer.finish() }

        static func task(_ restored: consuming RestoredTask?) -> StreamTask<StreamInput>? {
            guard let restored else { return nil }
            return restored.task(
                WorkerSettings(
                    consumer: [:], producer: [:], eventsTopic: "events", labelsTopic: "labels",
                    predictionsTopic: "predictions", deadLettersTopic: "dead-letters",
                    journalTopic: "journal", tasks: .perPartition))
        }

        func take(_ next: UInt64) throws {
            for record in records.prefix(100) { fold.step(record) }
            records = records.dropFirst(100)
            var head = SnapshotChainTests.head(next, chain: next)
            if next % 3 != 1, let chain { head.build(upon: chain) }
            let count = writer.outcome.count
            writer.begin(head, fold.pipeline.beginSnapshot(sinceLast: head.base != nil))
            var frames = ByteWriter()
            while !writer.take(from: &fold.pipeline, using: &frames) {}
            writer.publish()
            try eventually("snapshot \(next)") { self.writer.outcome.count > count }
            chain = writer.outcome.chains[0]
            // A twin, so that what has changed since is not forgotten.
            var reader = SnapshotReader(task: 0, settings)
            let restored = try reader.read(next, in: folder, asked: [])
            let task = Self.task(restored)
            let twin = try #require(task)
            #expect(FoldedState(twin.pipeline.status) == fold.state)
            moments[next] = Snapshot.bytes(&twin.pipeline)
        }

        func damage(_ next: UInt64) throws {
            try scratch.damage(
                String(folder.file(task: 0, next: next).split(separator: "/").last ?? ""))
        }
    }

    /// All of them; one at a time; the whole snapshots of both.
    @Test(
        arguments: [
            ([], 6), ([6], 5), ([5], 4), ([4], 3), ([3], 6), ([4, 3], 2), ([5, 6, 4, 3, 2], 1),
            ([4, 1], nil),
        ] as [([UInt64], UInt64?)]) func theNewestThatIsWholeIsRestored(
            damaged: [UInt64], expected: UInt64?
        ) throws
    {
        let chains = try Chains()
        for next in damaged { try chains.damage(next) }
        var reader = SnapshotReader(task: 0, chains.settings)
        var complaints = 0
        var found: UInt64?
        for next in chains.folder.snapshots(of: 0) where found == nil {
            do {
                let restored = try reader.read(next, in: chains.folder, asked: [])
                guard let task = Chains.task(restored) else { continue }
                found = task.snapshotNext
                let isTheMoment = Snapshot.bytes(&task.pipeline) == chains.moments[next]
                #expect(isTheMoment)
            } catch { complaints += 1 }
        }
        #expect(found == expected)
        // What was found damaged is not read again for those that need it too.
        #expect(complaints == damaged.filter { $0 > expected ?? 0 || expected == nil }.count)
    }

    @Test func aThirdChainReplacesTheFirst() throws {
        let chains = try Chains()
        #expect(chains.folder.snapshots(of: 0) == [6, 5, 4, 3, 2, 1])
        try chains.take(7)
        #expect(chains.folder.snapshots(of: 0) == [7, 6, 5, 4])
        try chains.take(8)
        #expect(chains.folder.snapshots(of: 0) == [8, 7, 6, 5, 4])
    }

    /// Another snapshot under the name of the one that a newer one builds upon.
    @Test func anotherBaseIsRefused() throws {
        let chains = try Chains()
        try Data(contentsOf: URL(filePath: chains.folder.file(task: 0, next: 2)))
            .write(to: URL(filePath: chains.folder.file(task: 0, next: 5)))
        var reader = SnapshotReader(task: 0, chains.settings)
        let path = chains.folder.file(task: 0, next: 5)
        let newer = chains.folder.file(task: 0, next: 6)
        #expect(throws: SnapshotError.otherBase(path: path, of: newer)) {
            _ = try reader.read(6, in: chains.folder, asked: [])
        }
    }

    // MARK: A worker

    @Test func aWorkerWritesWhatHasChanged() async throws {
        try await onOwnThread {
            let setup = try DeliveryTests.Setup(1_200, seed: 71)
            let scratch = SnapshotFolderTests.Scratch()
            var settings = setup.station.single
            settings.snapshotFolder = SnapshotFolder(scratch.path)
            settings.snapshotInterval = .milliseconds(20)
            let worker = RunningWorker(settings, setup.pipeline)
            let folder = SnapshotFolder(scratch.path)
            var sent = 0
            var count = 1_000
            var built = 0
            while built < 3, sent < setup.records.count {
                let part = setup.records[sent..<min(sent + count, setup.records.count)]
                let newest = folder.newest(task: 0) ?? 0
                try setup.station.fill(Array(part))
                sent += part.count
                count = 4
                try eventually("a snapshot behind \(sent)") {
                    folder.newest(task: 0) ?? 0 > newest && worker.status.records == UInt64(sent)
                }
                let path = folder.file(task: 0, next: folder.newest(task: 0) ?? 0)
                if try StoredSnapshot(path, task: 0).head.base != nil { built += 1 }
            }
            try worker.stop()
            #expect(built == 3)
            try setup.station.fill(Array(setup.records[sent...]))
            let next = RunningWorker(settings, setup.pipeline)
            let left = setup.records.count - sent
            try eventually("the rest") { next.status.records >= UInt64(left) }
            let report = try next.stop()
            #expect(next.status.records == UInt64(left), "nothing is read twice")
            #expect(next.control.unreadableSnapshots.isEmpty)
            #expect(report.tasks.first?.status.counts.predictions == 1_200)
            #expect(try scratch.chains() <= SnapshotFolder.chainsMax)
        }
    }
}
