import Bytes
import Pipeline
import PipelineFixture
import TestSupport
import Testing

/// A snapshot that is damaged where no checksum tells ends in an error or a pipeline that works.
@Suite struct SnapshotFuzzTests {
    @Test(arguments: UInt64(0)..<8) func damagedSnapshotsNeverTrap(seed: UInt64) throws {
        try damage(seed: seed, mutants: 100) { $0.mutant(using: &$1) }
    }

    /// Words of entities' rows and of their events: edges of windows, sums, times, values.
    @Test(arguments: UInt64(0)..<8) func damagedWindowsNeverTrap(seed: UInt64) throws {
        try damage(seed: seed, mutants: 150) {
            $0.mutant(ofNumbersIn: .entityRows, from: MemoryLayout<UInt32>.size, using: &$1)
        }
    }

    /// Whichever snapshot of a chain it is.
    @Test(arguments: UInt64(0)..<8) func damagedChainsNeverTrap(seed: UInt64) throws {
        let settings = try SnapshotTests.settings(seed: seed)
        let records = SnapshotTests.records(400, seed: seed)
        var fold = try Fold(settings, Array(records[..<250]))
        var chain = [Snapshot.bytes(&fold.pipeline)]
        for part in [records[250..<270], records[270..<300]] {
            for record in part { fold.step(record) }
            chain.insert(Snapshot.bytes(&fold.pipeline, sinceLast: true), at: 0)
        }
        let mutators = chain.map { FrameMutator($0) }
        var random = SeededGenerator(seed)
        var (refused, taken) = (0, 0)
        for number in 0..<150 {
            var damaged = chain
            damaged[number % 3] =
                Bool.random(using: &random)
                ? mutators[number % 3].mutant(using: &random)
                : mutators[number % 3].mutant(
                    ofNumbersIn: .entityRows, from: MemoryLayout<UInt32>.size, using: &random)
            guard let pipeline = try? Snapshot.pipeline(chain: damaged, settings) else {
                refused += 1
                continue
            }
            taken += 1
            var restored = Fold(pipeline)
            for record in records[300...] { restored.step(record) }
            // What goes on can be stored, and read again.
            let again = Snapshot.bytes(&restored.pipeline)
            #expect(throws: Never.self) { _ = try Snapshot.pipeline(again, settings) }
        }
        #expect(refused > 0 && taken > 0)
    }

    private func damage(
        seed: UInt64, mutants: Int, _ mutant: (FrameMutator, inout SeededGenerator) -> [UInt8]
    ) throws {
        let settings = try SnapshotTests.settings(seed: seed)
        let records = SnapshotTests.records(400, seed: seed)
        var fold = try Fold(settings, Array(records[..<300]))
        let mutator = FrameMutator(Snapshot.bytes(&fold.pipeline))
        #expect(mutator.frameCount > 3)
        var random = SeededGenerator(seed)
        var (refused, taken) = (0, 0)
        for _ in 0..<mutants {
            let bytes = mutant(mutator, &random)
            guard let pipeline = try? Snapshot.pipeline(bytes, settings) else {
                refused += 1
                continue
            }
            // What is taken for a state must be one that events can go on from.
            taken += 1
            var restored = Fold(pipeline)
            for record in records[300...] { restored.step(record) }
        }
        #expect(refused > 0 && refused + taken == mutants)
    }
}
