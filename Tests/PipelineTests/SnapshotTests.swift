import Bytes
import Drift
import Events
import Features
import Pipeline
import PipelineFixture
import Statistics
import TestSupport
import Testing
import Training

/// A pipeline made from a snapshot continues with the same bytes as one that never stopped.
@Suite struct SnapshotTests {
    /// Few entities and short memory, so that rows and pages are freed, evicted and reused; late
    /// events; a record that cannot be read now and then; with statistics and without.
    static func settings(seed: UInt64) throws -> PipelineSettings {
        var settings = try PaymentProject().settings()
        if !seed.isMultiple(of: 2) {
            var observation = ObservationSettings()
            observation.statistics.windowsMillis = [10_000, 60_000]
            observation.segment = 5
            observation.publishEveryMillis = 20_000
            observation.publishEventsMin = 100
            observation.threshold = 0.5
            settings.observation = observation
        }
        if seed % 4 > 1 { settings.learnedWindowMillis = 20_000 }
        guard seed % 3 != 0 else { return settings }
        settings.limits.entitiesMax = 12 + Int(seed % 7)
        settings.limits.windowEventsMax = 20
        settings.limits.retainedEventsMax = 300 + Int(seed % 5) * 50
        settings.limits.idleMillis = 60_000
        settings.labels?.pending.pendingMax = 150
        settings.labels?.pending.resolvedMax = 60
        settings.validationExamplesMax = 100
        return settings
    }

    static func records(_ count: Int, seed: UInt64) -> [InputRecord] {
        var stream = PaymentStream(partitions: 3, seed: seed)
        var random = SeededGenerator(seed)
        var records = stream.next(count)
        for index in records.indices where Int.random(in: 0..<40, using: &random) == 0 {
            records.swapAt(index, max(0, index - 7))
        }
        for _ in 0..<count / 50 {
            let place = Int.random(in: 0..<records.count, using: &random)
            records[place].value = Array("{\"id\":".utf8)
        }
        return InputRecord.numbered(records)
    }

    /// A set's elements come in another order in every process, and here with every capacity.
    @Test func aProjectIsTheSameInEveryProcess() throws {
        var settings = try PaymentProject().settings()
        let identities = try [1, 10, 100, 1_000, 10_000].map { capacity in
            var required = Set<Int>(minimumCapacity: capacity)
            for field in 0..<12 { required.insert(field) }
            try #require(settings.labels != nil)
            settings.labels?.schema.required = required
            return settings.stateIdentity
        }
        #expect(Set(identities).count == 1)
    }

    @Test(arguments: UInt64(0)..<30) func aRestoredPipelineGoesOnAsIfItHadNeverStopped(
        seed: UInt64
    ) throws {
        let settings = try Self.settings(seed: seed)
        let records = Self.records(700, seed: seed)
        var random = SeededGenerator(seed)
        let place = Int.random(in: 0..<records.count, using: &random)
        var never = try Fold(settings, Array(records[..<place]))
        let moment = Snapshot.bytes(&never.pipeline)
        var restored = Fold(try Snapshot.pipeline(moment, settings))
        #expect(restored.state == never.state, "seed \(seed)")
        let isSame = Snapshot.bytes(&restored.pipeline) == moment
        #expect(isSame, "seed \(seed)")
        for record in records[place...] {
            let isAlike = never.step(record) == restored.step(record)
            try #require(isAlike, "seed \(seed), \(record.position)")
        }
        #expect(restored.state == never.state && restored.learned == never.learned)
        let endsAlike =
            Snapshot.bytes(&restored.pipeline) == Snapshot.bytes(&never.pipeline)
        #expect(endsAlike, "seed \(seed)")
    }

    /// Statistics and those who watch may be asked for, changed and given up between two runs;
    /// features and what is learned go on.
    @Test(arguments: 0..<5, 0..<5) func whoeverWatchesMayChange(before: Int, after: Int) throws {
        func settings(_ kind: Int) throws -> PipelineSettings {
            var settings = try PaymentProject().settings()
            var observation = ObservationSettings()
            settings.learnedWindowMillis = kind > 2 ? Int64(kind) * 5_000 : nil
            observation.statistics.windowsMillis = kind == 3 ? [10_000, 30_000] : [10_000, 60_000]
            if kind > 0 { settings.observation = observation }
            if kind > 1 {
                settings.watch = WatchSettings(
                    windowMillis: kind == 3 ? 5_000 : 10_000, baselineMillis: 30_000,
                    alerts: .standard(), links: AlertLinks(project: "p", endpoint: "e"))
            }
            return settings
        }
        let records = Self.records(700, seed: 5)
        var never = try Fold(settings(0), Array(records[..<400]))
        var first = try Fold(settings(before), Array(records[..<400]))
        let moment = Snapshot.bytes(&first.pipeline)
        var second = Fold(try Snapshot.pipeline(moment, settings(after)))
        var compared = 0
        for record in records[400...] {
            let expected = never.step(record).filter { $0.headers["espalier-model"] != nil }
            let found = second.step(record).filter { $0.headers["espalier-model"] != nil }
            try #require(found == expected, "\(before) to \(after)")
            compared += found.count
        }
        #expect(compared > 100)
        #expect(second.learned == never.learned)
    }

    /// The pieces of a snapshot, written while events go on, show the moment of its beginning.
    @Test(arguments: UInt64(0)..<30) func aSnapshotShowsItsMoment(seed: UInt64) throws {
        let settings = try Self.settings(seed: seed)
        let records = Self.records(700, seed: seed &+ 1_000)
        var random = SeededGenerator(seed)
        let place = Int.random(in: 0..<records.count - 200, using: &random)
        var running = try Fold(settings, Array(records[..<place]))
        var twin = try Fold(settings, Array(records[..<place]))
        var writer = ByteWriter()
        running.pipeline.beginSnapshot().append(to: &writer)
        var next = place
        let share = Int.random(in: 1...600, using: &random)
        while !running.pipeline.continueSnapshot(
            bytesMax: Bool.random(using: &random) ? share : 0, into: &writer)
        {
            for _ in 0..<Int.random(in: 0...5, using: &random) where next < records.count {
                running.step(records[next])
                next += 1
            }
        }
        var restored = Fold(try Snapshot.pipeline(writer.bytes.copy, settings))
        let isTheMoment =
            Snapshot.bytes(&restored.pipeline) == Snapshot.bytes(&twin.pipeline)
        #expect(isTheMoment, "seed \(seed)")
        #expect(next > place, "seed \(seed)")
        for record in records[place...] {
            let isAlike = twin.step(record) == restored.step(record)
            try #require(isAlike, "seed \(seed), \(record.position)")
        }
        let endsAlike = Snapshot.bytes(&restored.pipeline) == Snapshot.bytes(&twin.pipeline)
        #expect(endsAlike, "seed \(seed)")
    }

    /// Bytes that were changed and sealed again throw, or give a pipeline that can be used.
    @Test(arguments: UInt64(0)..<10) func hostileFramesNeverTrap(seed: UInt64) throws {
        let settings = try Self.settings(seed: seed)
        let records = Self.records(300, seed: seed)
        var fold = try Fold(settings, Array(records[..<200]))
        let saved = Snapshot.bytes(&fold.pipeline)
        var random = SeededGenerator(seed)
        var accepted = 0
        for _ in 0..<60 {
            let hostile = Self.mutated(saved, using: &random)
            guard let pipeline = try? Snapshot.pipeline(hostile, settings) else { continue }
            accepted += 1
            var usable = Fold(pipeline)
            for record in records[200...] { usable.step(record) }
        }
        #expect(accepted < 60)
    }

    /// Changes a few bytes of one frame's payload and gives it a true checksum.
    private static func mutated(_ bytes: [UInt8], using random: inout SeededGenerator) -> [UInt8] {
        var frames: [Range<Int>] = []
        var place = 0
        while place < bytes.count {
            let length =
                Int(bytes[place + 8]) | Int(bytes[place + 9]) << 8
                | Int(bytes[place + 10]) << 16
            frames.append(place..<place + 16 + length + 8)
            place += 16 + length + 8
        }
        var changed = bytes
        let frame = frames.randomElement(using: &random) ?? 0..<0
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let byte = Int.random(in: frame.lowerBound + 16..<frame.upperBound - 8, using: &random)
            changed[byte] = Bool.random(using: &random) ? 0xff : changed[byte] ^ 1
        }
        let end = frame.upperBound - 8
        let sum = unsafe StableHash.of(changed[frame.lowerBound..<end].span.bytes)
        for k in 0..<8 { changed[end + k] = UInt8(truncatingIfNeeded: sum >> (8 * UInt64(k))) }
        return changed
    }
}
