import Bytes
import CAllocationCounter
import Sparse
import TestSupport
import Testing

@testable import Training

struct PendingLabelsTests {
    private static func limits(pending: Int, resolved: Int) -> PendingLabels.Limits {
        var limits = PendingLabels.Limits()
        limits.pendingMax = pending
        limits.resolvedMax = resolved
        limits.vectorBytesMax = 1 << 20
        return limits
    }

    private static func vector(_ random: inout SeededGenerator) -> SparseVector {
        var vector = SparseVector()
        for index in 0..<UInt32.random(in: 0...40, using: &random) {
            vector.append(index, Double.random(in: -1...1, using: &random))
        }
        return vector
    }

    /// Insert, label and expiry in random order, times slightly out of order, ids that come again.
    @Test(arguments: UInt64(0)..<50) func agreesWithADictionary(seed: UInt64) {
        var random = SeededGenerator(seed)
        let pendingMax = Int.random(in: 1...40, using: &random)
        let resolvedMax = Int.random(in: 0...60, using: &random)
        var table = PendingLabels(
            maturityMillis: 500, payloadCount: 3,
            limits: Self.limits(pending: pendingMax, resolved: resolvedMax))
        var twin = PendingTwin(
            maturityMillis: 500, pendingMax: pendingMax, resolvedMax: resolvedMax)
        var example = PendingExample()
        var now: Int64 = 0
        for _ in 0..<2_000 {
            let id = UInt64.random(in: 0..<120, using: &random)
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<5:
                now += Int64.random(in: 0...20, using: &random)
                let entry = PendingTwin.Entry(
                    id: id, timeMillis: now - Int64.random(in: 0...30, using: &random),
                    score: Double.random(in: 0...1, using: &random), vector: Self.vector(&random),
                    payload: (0..<3).map { _ in UInt32.random(in: 0...9, using: &random) })
                let stored = table.insert(
                    id: id, timeMillis: entry.timeMillis, score: entry.score,
                    vector: entry.vector, payload: entry.payload.span)
                #expect(stored == twin.insert(entry))
            case 5..<9:
                let (outcome, entry) = twin.join(id)
                #expect(table.join(id: id, into: &example) == outcome)
                if let entry { #expect(entry == PendingTwin.Entry(example)) }
            default:
                while let entry = twin.expireNext(now) {
                    #expect(table.expireNext(nowMillis: now, into: &example))
                    #expect(entry == PendingTwin.Entry(example))
                }
                #expect(!table.expireNext(nowMillis: now, into: &example))
            }
            #expect(table.count == twin.pending.count)
            #expect(table.counts == twin.counts)
        }
    }

    @Test func aVectorBeyondTheLimitIsNotStoredAndOthersMakeRoom() {
        var limits = Self.limits(pending: 100, resolved: 100)
        limits.vectorBytesMax = 3 * VectorArena.chunkBytes
        var table = PendingLabels(maturityMillis: 10, limits: limits)
        let none: [UInt32] = []
        func vector(_ count: Int) -> SparseVector {
            SparseVector(
                indices: (0..<UInt32(count)).map { $0 }, values: Array(repeating: 1, count: count))
        }
        for id in UInt64(1)...3 {
            table.insert(id: id, timeMillis: 0, score: 0, vector: vector(16), payload: none.span)
        }
        table.insert(id: 4, timeMillis: 0, score: 0, vector: vector(17), payload: none.span)
        #expect(table.count == 2)
        #expect(table.counts.evicted == 2)
        table.insert(id: 5, timeMillis: 0, score: 0, vector: vector(49), payload: none.span)
        #expect(table.count == 2)
        #expect(table.counts.oversized == 1)
        var example = PendingExample()
        #expect(table.join(id: 1, into: &example) == .late)
        #expect(table.join(id: 4, into: &example) == .joined)
        #expect(example.vector == vector(17))
    }

    @Test func timesAtTheEdgesOfInt64DoNotTrap() {
        var table = PendingLabels(maturityMillis: 10, limits: Self.limits(pending: 9, resolved: 9))
        let none: [UInt32] = []
        for (id, time) in [Int64.min, -1, 0, Int64.max].enumerated() {
            table.insert(
                id: UInt64(id), timeMillis: time, score: 0, vector: SparseVector(),
                payload: none.span)
        }
        var example = PendingExample()
        var expired: [UInt64] = []
        while table.expireNext(nowMillis: 10, into: &example) { expired.append(example.id) }
        #expect(expired == [0, 1, 2])
        #expect(!table.expireNext(nowMillis: .min, into: &example))
    }

    @Test func anEventFromTheFutureDoesNotHoldBackOthers() {
        var table = PendingLabels(maturityMillis: 10, limits: Self.limits(pending: 99, resolved: 9))
        let none: [UInt32] = []
        for (id, time) in [Int64(5), 1_000_000, 6, 7].enumerated() {
            table.insert(
                id: UInt64(id), timeMillis: time, score: 0, vector: SparseVector(),
                payload: none.span)
        }
        var example = PendingExample()
        var expired: [UInt64] = []
        while table.expireNext(nowMillis: 20, into: &example) { expired.append(example.id) }
        #expect(expired == [0, 2, 3])
    }

    /// Cut anywhere in a run: the restored table gives the same answers, and the same frame again.
    @Test(arguments: UInt64(0)..<20) func theFrameResumes(seed: UInt64) throws {
        var random = SeededGenerator(seed)
        let limits = Self.limits(pending: 30, resolved: 25)
        var table = PendingLabels(maturityMillis: 200, payloadCount: 2, limits: limits)
        try Self.run(&table, &random, 300)
        let saved = Self.frame(&table)
        var restored = try Self.restore(saved, limits)
        #expect(Self.frame(&restored) == saved)
        var again = random
        try Self.run(&table, &random, 300)
        try Self.run(&restored, &again, 300)
        #expect(Self.frame(&restored) == Self.frame(&table))
        #expect(restored.counts == table.counts)
        for end in stride(from: 0, to: saved.count, by: 11) {
            #expect(throws: FormatError.self) { try Self.check(Array(saved[..<end]), limits) }
        }
        for place in stride(from: 0, to: saved.count, by: 13) {
            var flipped = saved
            flipped[place] ^= 4
            #expect(throws: FormatError.self) { try Self.check(flipped, limits) }
        }
    }

    private static func run(
        _ table: inout PendingLabels, _ random: inout SeededGenerator, _ count: Int
    ) throws {
        var example = PendingExample()
        for _ in 0..<count {
            let now = Int64(table.counts.expired + table.counts.joined) * 20
            let payload = [UInt32.random(in: 0...9, using: &random), 7]
            table.insert(
                id: .random(in: 0..<90, using: &random),
                timeMillis: now + .random(in: -20...2_000, using: &random), score: 0.25,
                vector: vector(&random), payload: payload.span)
            _ = table.join(id: .random(in: 0..<90, using: &random), into: &example)
            _ = table.expireNext(nowMillis: now + 150, into: &example)
        }
    }

    /// The entries' frame and the tail's, one after the other.
    private static func frame(_ table: inout PendingLabels) -> [UInt8] {
        var writer = ByteWriter()
        table.beginCut()
        while !table.continueCut(bytesMax: 1 << 20, into: &writer) {}
        return withTail(&table, &writer)
    }

    private static func withTail(_ table: inout PendingLabels, _ writer: inout ByteWriter)
        -> [UInt8]
    {
        var tail = ByteWriter()
        table.appendTail(to: &tail)
        writer.appendFrame(.pipelineTail, version: 1) { $0.append(tail.bytes) }
        return writer.copy()
    }

    /// A snapshot written piece by piece, in a run that goes on, shows the moment of its beginning.
    @Test(arguments: UInt64(0)..<40) func aCutShowsItsMoment(seed: UInt64) throws {
        var random = SeededGenerator(seed)
        let limits = Self.limits(pending: 60, resolved: 45)
        var table = PendingLabels(maturityMillis: 200, payloadCount: 2, limits: limits)
        var twin = PendingLabels(maturityMillis: 200, payloadCount: 2, limits: limits)
        try Self.run(&table, &random, Int(seed) * 20)
        var same = SeededGenerator(seed)
        try Self.run(&twin, &same, Int(seed) * 20)
        var pieces = ByteWriter()
        table.beginCut()
        while !table.continueCut(bytesMax: 200, into: &pieces) {
            try Self.run(&table, &random, Int.random(in: 0...9, using: &random))
        }
        var restored = try Self.restore(Self.withTail(&table, &pieces), limits)
        #expect(Self.frame(&restored) == Self.frame(&twin), "seed \(seed)")
    }

    private static func restore(
        _ bytes: [UInt8], _ limits: PendingLabels.Limits
    ) throws(FormatError) -> PendingLabels {
        var table = PendingLabels(maturityMillis: 200, payloadCount: 2, limits: limits)
        let stored = unsafe bytes.span.bytes
        var place = 0
        while place < stored.byteCount {
            let rest = stored.extracting(place..<stored.byteCount)
            guard let entries = try? Frame(rest, kind: .pendingEntries, newestVersion: 1) else {
                break
            }
            try table.restore(entries: entries.payload, width: 1_000)
            place += entries.byteCount
        }
        let rest = stored.extracting(place..<stored.byteCount)
        let tail = try Frame(rest, kind: .pipelineTail, newestVersion: 1)
        var reader = ByteReader(tail.payload)
        try table.restoreTail(from: &reader)
        try reader.end()
        return table
    }

    private static func check(
        _ bytes: [UInt8], _ limits: PendingLabels.Limits
    ) throws(FormatError) { _ = try restore(bytes, limits) }

    @Test(.enabled(if: isOptimized)) func nothingIsAllocatedOnceFull() {
        var random = SeededGenerator(1)
        var table = PendingLabels(
            maturityMillis: 1_000, limits: Self.limits(pending: 200, resolved: 200))
        let vectors = (0..<16).map { _ in Self.vector(&random) }
        var example = PendingExample()
        let none: [UInt32] = []
        func run(_ ids: Range<UInt64>) {
            for id in ids {
                table.insert(
                    id: id, timeMillis: Int64(id), score: 0.5, vector: vectors[Int(id % 16)],
                    payload: none.span)
                if id % 3 == 0 { _ = table.join(id: id &- 50, into: &example) }
                while table.expireNext(nowMillis: Int64(id), into: &example) {}
            }
        }
        run(1_000..<9_000)
        let before = allocation_count()
        run(9_000..<12_000)
        #expect(allocation_count() == before)
    }
}
