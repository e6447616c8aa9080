import Bytes
import Features
import Model
import Pipeline
import PipelineFixture
import TestSupport
import Testing

@testable import Worker

/// What a journal says is enough to do again exactly what was done.
@Suite struct JournalTests {
    @Test(arguments: UInt64(0)..<30) func recordsReadBack(seed: UInt64) throws {
        var random = SeededGenerator(seed)
        for record in Self.records(20, using: &random) {
            let bytes = Self.bytes(record)
            #expect(try unsafe JournalRecord(bytes.span.bytes) == record)
            for end in stride(from: 0, to: bytes.count, by: 3) {
                let part = Array(bytes[..<end])
                #expect(throws: FormatError.self) { try unsafe JournalRecord(part.span.bytes) }
            }
            for place in bytes.indices {
                var changed = bytes
                changed[place] ^= 1 << (seed % 8)
                #expect(throws: FormatError.self) { try unsafe JournalRecord(changed.span.bytes) }
            }
        }
    }

    /// Any payload under a true checksum is read or refused.
    @Test(arguments: UInt64(0)..<50) func hostileRecordsNeverTrap(seed: UInt64) {
        var random = SeededGenerator(seed)
        for _ in 0..<200 {
            var writer = ByteWriter()
            writer.appendFrame(.journalRecord, version: 1) { payload in
                payload.append(fixed: UInt8.random(in: 0...4, using: &random))
                for _ in 0..<Int.random(in: 0...40, using: &random) {
                    let isSmall = Bool.random(using: &random)
                    payload.append(
                        fixed: UInt8.random(in: isSmall ? 0...3 : 0...255, using: &random))
                }
            }
            guard let record = try? JournalRecord(writer.bytes) else { continue }
            var chain = JournalChain(task: 0)
            _ = try? chain.take(record)
        }
    }

    @Test func aBatchOfTwoInputsTakesNineBytes() {
        let batches = (0..<1_000).map { number in
            JournalBatch(
                number: number,
                ranges: [
                    JournalRange(
                        JournalInput(.labels, 0), start: Int64(number) * 100,
                        end: Int64(number) * 100 + 100, count: 100),
                    JournalRange(
                        JournalInput(.events, 0), start: Int64(number) * 1_000,
                        end: Int64(number) * 1_000 + 1_000, count: 1_000),
                ])
        }
        let bytes = Self.bytes(.batches(owner: 1, batches))
        #expect(bytes.count < 9 * batches.count)
    }

    @Test func aWriterThatLostTheTaskIsNotHeard() throws {
        var chain = JournalChain(task: 0)
        let input = JournalInput(.events, 0)
        func batch(_ number: UInt64, _ start: Int64, _ end: Int64) -> [JournalBatch] {
            [
                JournalBatch(
                    number: number,
                    ranges: [JournalRange(input, start: start, end: end, count: end - start)])
            ]
        }
        #expect(try chain.take(.takeover(owner: 1)) == .nothing)
        #expect(try chain.take(.batches(owner: 1, batch(0, 0, 5))) == .batches(batch(0, 0, 5)))
        #expect(try chain.take(.takeover(owner: 2)) == .nothing)
        #expect(try chain.take(.batches(owner: 1, batch(1, 5, 9))) == .nothing)
        #expect(try chain.take(.batches(owner: 2, batch(1, 5, 7))) == .batches(batch(1, 5, 7)))
        #expect(chain.voidRecords == 1 && chain.positions == [input: 7] && chain.next == 2)
        // Known already, and without a gap.
        #expect(try chain.take(.batches(owner: 2, batch(1, 5, 7))) == .nothing)
        #expect(throws: RecoveryError.journalCut(task: 0, found: 3, expected: 2)) {
            try chain.take(.batches(owner: 2, batch(3, 7, 9)))
        }
        #expect(
            throws: RecoveryError.journalBroken(task: 0, batch: 2, input, found: 8, expected: 7)
        ) { try chain.take(.batches(owner: 2, batch(2, 8, 9))) }
        #expect(try chain.take(.origin(number: 2, positions: [input: 3])) == .restart)
        #expect(chain.positions == [input: 3])
    }

    /// Records arrive in any interleaving, batches end anywhere; the journal replays it exactly.
    @Test(arguments: UInt64(0)..<40) func aJournalReplaysWhatWasDone(seed: UInt64) throws {
        var random = SeededGenerator(seed)
        let records = MergeTests.payments(400, partitions: 3, seed: seed)
        let settings = try PaymentProject().settings()
        let sources = ListedSource.all(records)
        for source in sources { source.arrived = 0 }
        let task = try Self.task(settings, sources)
        var journal: [JournalRecord] = [.takeover(owner: 7)]
        var written: [WrittenMessage] = []
        while sources.contains(where: { $0.position < $0.end }) {
            for source in sources where Int.random(in: 0...2, using: &random) == 0 {
                source.arrive(Int.random(in: 0...9, using: &random))
                source.knowsItsEnd = Int.random(in: 0...4, using: &random) > 0
            }
            var outbox = Outbox()
            let turn = try task.run(
                upTo: Int.random(in: 1...40, using: &random), bytesMax: 1 << 20, into: &outbox
            ) { _ in }
            written += WrittenMessage.all(in: outbox)
            if let batch = turn.batch { journal.append(.batches(owner: 7, [batch])) }
        }
        let again = try Self.task(settings, ListedSource.all(records), isReplayOpen: true)
        let rewritten = try Self.replay(journal, by: again, using: &random)
        let isSame = rewritten == written
        #expect(isSame, "seed \(seed)")
        let isSameState = Snapshot.bytes(&again.pipeline) == Snapshot.bytes(&task.pipeline)
        #expect(isSameState, "seed \(seed)")
        #expect(
            again.chain.positions == task.chain.positions && again.chain.next == task.chain.next)
    }

    /// Models come from outside, at any turn; a batch stepped again names and uses its own,
    /// whatever the task scores with now.
    @Test(arguments: UInt64(0)..<20) func aBatchIsScoredAgainByItsModel(seed: UInt64) throws {
        var random = SeededGenerator(seed)
        let records = MergeTests.payments(300, partitions: 2, seed: seed)
        var project = PaymentProject()
        project.scoresOnly = true
        let settings = try project.settings()
        let past = Self.past(settings)
        let task = try Self.task(settings, ListedSource.all(records), models: past)
        var journal: [JournalRecord] = [.takeover(owner: 7)]
        var written: [WrittenMessage] = []
        while journal.count < 2 || task.inputs.contains(where: { $0.position < $0.end }) {
            if Bool.random(using: &random) {
                task.pipeline.use(try past("m\(Int.random(in: 0...5, using: &random))"))
            }
            var outbox = Outbox()
            let turn = try task.run(
                upTo: Int.random(in: 1...40, using: &random), bytesMax: 1 << 20, into: &outbox
            ) { _ in }
            written += WrittenMessage.all(in: outbox)
            if let batch = turn.batch { journal.append(.batches(owner: 7, [batch])) }
        }
        let again = try Self.task(
            settings, ListedSource.all(records), isReplayOpen: true, models: past)
        again.pipeline.use(try past("m9"))
        let rewritten = try Self.replay(journal, by: again, using: &random)
        #expect(rewritten == written, "seed \(seed)")
        #expect(Set(written.compactMap { $0.headers["espalier-model"] }).count > 1)

        let without = try Self.task(settings, ListedSource.all(records), isReplayOpen: true) {
            version throws(ModelGone) in throw ModelGone(reason: "deleted")
        }
        #expect {
            try Self.replay(journal, by: without, using: &random)
        } throws: { error in
            if case .modelGone(0, _, _, "deleted") = error as? RecoveryError { true } else { false }
        }
    }

    // MARK: Parts

    private static func replay(
        _ journal: [JournalRecord], by task: StreamTask<ListedSource>,
        using random: inout SeededGenerator
    ) throws -> [WrittenMessage] {
        for record in journal { try task.follow(try readBack(record)) }
        task.isReplayOpen = false
        var written: [WrittenMessage] = []
        while task.isReplaying {
            var outbox = Outbox()
            _ = try task.run(
                upTo: Int.random(in: 1...90, using: &random), bytesMax: 1 << 20, into: &outbox
            ) { _ in }
            written += WrittenMessage.all(in: outbox)
        }
        return written
    }

    /// Models whose margin is their number.
    private static func past(_ settings: PipelineSettings) -> PastModels {
        let space = settings.plan.space
        return { version throws(ModelGone) in
            SparseModel(
                space: space, loss: .logistic, version: version,
                intercept: Double(version.dropFirst()) ?? 0)
        }
    }

    static func task(
        _ settings: PipelineSettings, _ sources: [ListedSource], isReplayOpen: Bool = false,
        models: PastModels? = nil
    ) throws -> StreamTask<ListedSource> {
        StreamTask(
            0, try EventPipeline(settings), JournalChain(task: 0), sources, mergePatience: .zero,
            isReplayOpen: isReplayOpen, models: models)
    }

    static func bytes(_ record: JournalRecord) -> [UInt8] {
        var writer = ByteWriter()
        record.append(to: &writer)
        return writer.copy()
    }

    private static func readBack(_ record: JournalRecord) throws -> JournalRecord {
        let bytes = bytes(record)
        return try unsafe JournalRecord(bytes.span.bytes)
    }

    static func records(
        _ count: Int, using random: inout SeededGenerator
    ) -> [JournalRecord] {
        let haveModels = Bool.random(using: &random)
        var model = 0
        var number = UInt64.random(in: 0...1_000, using: &random)
        var positions: [JournalInput: Int64] = [:]
        return (0..<count).map { index in
            if index % 7 == 3 { return .takeover(owner: .random(in: 0 ... .max, using: &random)) }
            if index % 7 == 5 { return .origin(number: number, positions: positions) }
            let batches = (0..<Int.random(in: 1...5, using: &random)).map { _ in
                let ranges = (0..<4).filter { _ in Bool.random(using: &random) }.map { place in
                    let input = JournalInput(place < 2 ? .labels : .events, place)
                    let start = positions[input] ?? Int64.random(in: 0...1_000_000, using: &random)
                    let length = Int64.random(in: 1...2_000, using: &random)
                    positions[input] = start + length
                    return JournalRange(
                        input, start: start, end: start + length,
                        count: length - Int64.random(in: 0..<length, using: &random))
                }
                defer { number += 1 }
                if Int.random(in: 0..<4, using: &random) == 0 { model += 1 }
                return JournalBatch(
                    number: number, ranges: ranges, model: haveModels ? "m\(model)" : nil)
            }
            return .batches(owner: 9, batches)
        }
    }
}
