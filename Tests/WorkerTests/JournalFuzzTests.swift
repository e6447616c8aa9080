import Bytes
import Pipeline
import TestSupport
import Testing

@testable import Worker

/// Frames of journal and snapshots that are damaged where no checksum tells: an error or a value,
/// soon.
@Suite struct JournalFuzzTests {
    private func bytes(_ append: (inout ByteWriter) -> Void) -> [UInt8] {
        var writer = ByteWriter()
        append(&writer)
        return writer.copy()
    }

    @Test(arguments: UInt64(0)..<8) func damagedRecordsNeverTrap(seed: UInt64) throws {
        var random = SeededGenerator(seed)
        for record in JournalTests.records(30, using: &random) {
            let mutator = FrameMutator(JournalTests.bytes(record))
            #expect(mutator.frameCount == 1)
            var chain = JournalChain(task: 0)
            for _ in 0..<40 {
                let mutant = mutator.mutant(using: &random)
                guard let read = try? unsafe JournalRecord(mutant.span.bytes) else { continue }
                // What reads as a record is written again as it was read, or follows its chain.
                let again = JournalTests.bytes(read)
                #expect(try unsafe JournalRecord(again.span.bytes) == read)
                _ = try? chain.take(read)
            }
        }
    }

    @Test(arguments: UInt64(0)..<8) func damagedHeadsAndManifestsNeverTrap(seed: UInt64) {
        var random = SeededGenerator(seed)
        let input = JournalInput(.events, 3)
        let head = bytes {
            var head = SnapshotHead(
                task: 1, next: 70, owner: 9, journalOffset: 12, positions: [input: 1_000])
            head.base = 60
            head.append(to: &$0)
        }
        let manifest = bytes { writer in
            var manifest = SnapshotManifest(task: 1, slot: 1)
            let chunk: [UInt8] = [1, 2, 3]
            for next: UInt64 in [70, 80] {
                var part = SnapshotManifest.Part(next: next)
                part.add(unsafe chunk.span.bytes)
                manifest.parts.append(part)
            }
            manifest.append(to: &writer)
        }
        for _ in 0..<400 {
            let head = FrameMutator(head).mutant(using: &random)
            _ = try? unsafe SnapshotHead(head.span.bytes)
            let manifest = FrameMutator(manifest).mutant(using: &random)
            _ = try? unsafe SnapshotManifest(manifest.span.bytes)
        }
    }
}
