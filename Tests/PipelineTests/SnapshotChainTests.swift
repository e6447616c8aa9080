import Bytes
import Pipeline
import PipelineFixture
import TestSupport
import Testing

/// Snapshots of what has changed, each built upon the one before, give the state of a whole one.
@Suite struct SnapshotChainTests {
    /// A pipeline that is stepped on, and snapshots of it that build upon one another.
    private struct Run: ~Copyable {
        let settings: PipelineSettings
        let records: [InputRecord]
        var running: Fold
        /// The newest first.
        var chain: [[UInt8]] = []
        var place = 0
        var random: SeededGenerator

        init(seed: UInt64) throws {
            let settings = try SnapshotTests.settings(seed: seed)
            let running = try Fold(settings)
            self.settings = settings
            self.running = running
            records = SnapshotTests.records(900, seed: seed &+ 2_000)
            random = SeededGenerator(seed)
        }

        mutating func step(_ count: Int) {
            for record in records[place..<min(place + count, records.count)] {
                running.step(record)
            }
            place = min(place + count, records.count)
        }

        /// Takes a snapshot in pieces while events go on.
        ///
        /// - Returns: false if it was given up.
        mutating func takeSnapshot() -> Bool {
            let builds = running.pipeline.hasSnapshotBefore && random.chance(9)
            if !builds { chain = [] }
            var writer = ByteWriter()
            running.pipeline.beginSnapshot(sinceLast: builds).append(to: &writer)
            let share = Int.random(in: 100...4_000, using: &random)
            let mayBeGivenUp = random.chance(1)
            while !running.pipeline.continueSnapshot(
                bytesMax: random.chance(5) ? share : 0, into: &writer)
            {
                step(Int.random(in: 0...3, using: &random))
                if mayBeGivenUp, random.chance(1) {
                    running.pipeline.abandonSnapshot()
                    return false
                }
            }
            chain.insert(writer.bytes.copy, at: 0)
            return true
        }
    }

    @Test(arguments: UInt64(0)..<30) func aChainShowsItsNewestMoment(seed: UInt64) throws {
        var run = try Run(seed: seed)
        var longest = 0
        // Categories' buckets belong to no one moment before each value has come.
        run.step(Int.random(in: 60..<300, using: &run.random))
        while run.place < run.records.count {
            let place = run.place
            if run.takeSnapshot() {
                longest = max(longest, run.chain.count)
                var twin = try Fold(run.settings, Array(run.records[..<place]))
                var restored = Fold(try Snapshot.pipeline(chain: run.chain, run.settings))
                let isTheMoment =
                    Snapshot.bytes(&restored.pipeline) == Snapshot.bytes(&twin.pipeline)
                try #require(isTheMoment, "seed \(seed), \(run.chain.count) at \(place)")
                for record in run.records[place...].prefix(60) {
                    let isAlike = twin.step(record) == restored.step(record)
                    try #require(isAlike, "seed \(seed), \(record.position)")
                }
            } else {
                let hasOne = run.running.pipeline.hasSnapshotBefore
                #expect(!hasOne)
            }
            run.step(Int.random(in: 1...150, using: &run.random))
        }
        #expect(longest > 0, "seed \(seed)")
        if seed == 1 { #expect(longest > 2) }
    }

    /// Bytes of entities in a snapshot.
    private static func rowBytes(_ snapshot: [UInt8]) throws -> Int {
        let bytes = unsafe snapshot.span.bytes
        var place = 0
        var sum = 0
        while place < bytes.byteCount {
            let rest = bytes.extracting(place..<bytes.byteCount)
            let length = try Frame.byteCount(of: rest)
            if try Frame.kind(of: rest) == .entityRows { sum += length }
            place += length
        }
        return sum
    }

    @Test func onlyWhatHasChangedIsWritten() throws {
        let settings = try SnapshotTests.settings(seed: 0)
        let records = SnapshotTests.records(800, seed: 3)
        var fold = try Fold(settings, Array(records[..<700]))
        var hasOne = fold.pipeline.hasSnapshotBefore
        #expect(!hasOne)
        let whole = Snapshot.bytes(&fold.pipeline)
        hasOne = fold.pipeline.hasSnapshotBefore
        var share = fold.pipeline.changedShare
        #expect(hasOne && share == 0)
        let none = Snapshot.bytes(&fold.pipeline, sinceLast: true)
        #expect(try Self.rowBytes(none) == 0)
        for record in records[700..<703] { fold.step(record) }
        share = fold.pipeline.changedShare
        #expect(share > 0 && share < 0.3)
        let few = Snapshot.bytes(&fold.pipeline, sinceLast: true)
        let all = try Self.rowBytes(whole)
        #expect(try 0 < Self.rowBytes(few) && Self.rowBytes(few) < all / 3)
    }

    @Test func aChainThatLacksItsWholeSnapshotIsRefused() throws {
        let settings = try SnapshotTests.settings(seed: 0)
        let records = SnapshotTests.records(800, seed: 4)
        var fold = try Fold(settings, Array(records[..<700]))
        let whole = Snapshot.bytes(&fold.pipeline)
        for record in records[700..<710] { fold.step(record) }
        let changes = Snapshot.bytes(&fold.pipeline, sinceLast: true)
        #expect(throws: Never.self) {
            _ = try Snapshot.pipeline(chain: [changes, whole], settings)
        }
        #expect(throws: FormatError.self) { _ = try Snapshot.pipeline(chain: [changes], settings) }
        #expect(throws: FormatError.self) {
            _ = try Snapshot.pipeline(chain: [changes, changes], settings)
        }
        // A file that ends too early, and one with more behind its end.
        let torn = Array(whole.dropLast(whole.count / 3))
        #expect(throws: FormatError.self) {
            _ = try Snapshot.pipeline(chain: [changes, torn], settings)
        }
        #expect(throws: FormatError.self) {
            _ = try Snapshot.pipeline(chain: [changes + changes, whole], settings)
        }
    }
}

extension SeededGenerator {
    /// True in so many of ten cases.
    fileprivate mutating func chance(_ count: Int) -> Bool {
        Int.random(in: 0..<10, using: &self) < count
    }
}
