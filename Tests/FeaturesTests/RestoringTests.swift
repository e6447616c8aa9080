import Bytes
import TestSupport
import Testing

@testable import Features

/// Windows as bytes: whatever they are, what is made of them is refused or goes on.
@Suite struct RestoringTests {
    private typealias Day = EveryAggregate

    private static func limits() -> FeatureLimits {
        var limits = FeatureLimits()
        limits.latenessMillis = 2 * Day.day
        limits.entitiesMax = 8
        limits.windowEventsMax = 20
        limits.retainedEventsMax = 200
        return limits
    }

    private static func stream() throws -> FeatureStream {
        try FeatureStream(
            EveryAggregate.list, limits: limits(), labelHorizon: 20 * Day.day)
    }

    // MARK: One entity

    /// Numbers of a record: `row | pages`, the row's words, and those of its pages.
    private typealias Record = [UInt64]

    /// Two pages of an entity, one event a day.
    private static func record() throws -> (plan: EntityPlan, Record) {
        var stream = try stream()
        for number in 0..<12 {
            stream.step(.init(time: 1_000_000 + Int64(number) * Day.day, value: Double(number)))
        }
        var record: Record = []
        try Parts(of: &stream.state).forEachFrame { kind, payload throws(FormatError) in
            guard kind == .entityRows else { return }
            var reader = ByteReader(payload)
            _ = try reader.readUInt32()
            while reader.remaining > 0 { record.append(try reader.readUInt64()) }
        }
        return (stream.plan.tables[0], record)
    }

    private static func restore(_ record: Record) throws(FormatError) {
        var writer = ByteWriter()
        writer.append(fixed: UInt32(0))
        for number in record { writer.append(fixed: number) }
        do {
            var stream = try stream()
            try stream.state.restore(rows: writer.bytes)
        } catch let error as FormatError { throw error } catch {
            Issue.record("\(error)")
        }
    }

    /// What is wrong with a row.
    enum Damage: CaseIterable {
        case windowWithoutEvents, windowWithMore, momentsWithMore, endlessCount
        case exchangedEdges, edgeTooEarly, edgeTooLate
        case decayedSumOfNoTime, exchangedTimes, eventAheadOfWindows
        case unevenBeginning, rowTwice

        /// The word of a first summary, and that of its count.
        private static func word(
            _ plan: EntityPlan, _ kind: EntityPlan.Accumulator.Kind, hasEnd: Bool
        ) throws -> Int {
            let windows = plan.windows.filter { ($0.exit != nil) == hasEnd }
            let found = windows.flatMap(\.accumulators).map { plan.accumulators[$0] }
            return 1 + (try #require(found.first { $0.kind == kind })).word
        }

        func apply(to record: inout [UInt64], _ plan: EntityPlan) throws {
            let edges = 1 + EntityPlan.cursorsWord
            let firstPage = 1 + plan.rowWords
            let eventWords = 1 + plan.columns.count
            switch self {
            case .windowWithoutEvents:
                record[try Self.word(plan, .sum, hasEnd: true) + 1] = 0
            case .windowWithMore:
                record[try Self.word(plan, .minimum, hasEnd: true) + 1] += 1
            case .momentsWithMore:
                record[try Self.word(plan, .moments, hasEnd: true)] = 99.0.bitPattern
            case .endlessCount:
                record[try Self.word(plan, .sum, hasEnd: false) + 1] = .max
            case .exchangedEdges:
                let window = try #require(plan.windows.first { $0.entry != nil })
                record.swapAt(edges + (window.exit ?? 0), edges + (window.entry ?? 0))
            case .edgeTooEarly: record[edges] -= 1
            case .edgeTooLate:
                let second = try #require(plan.boundaries.firstIndex { $0 == 2 * Day.day })
                record[edges + second] += 1
            case .decayedSumOfNoTime:
                let word = try Self.word(plan, .decayed(halfLifeMillis: Day.day), hasEnd: false)
                record[word + 2] = 1 << 63
            case .exchangedTimes:
                record.swapAt(firstPage + 1, firstPage + 1 + eventWords)
            case .eventAheadOfWindows:
                // The twelfth event, behind the head of the second page.
                record[firstPage + 2 + 11 * eventWords] += 1
            case .unevenBeginning:
                record.removeSubrange(firstPage...)
                record[0] &= 0xFFFF_FFFF
                for word in 1 + EntityPlan.lastPageWord..<1 + plan.accumulatorsWord {
                    record[word] = Cursor(sequence: 3, page: RetainedEvents.noPage).word
                }
                for word in 1 + plan.accumulatorsWord..<record.count { record[word] = 0 }
            case .rowTwice:
                var second = record.prefix(firstPage)
                second[0] &= 0xFFFF_FFFF
                second[1 + EntityPlan.keyWord] = 2
                for word in 1 + EntityPlan.lastPageWord..<1 + plan.accumulatorsWord {
                    second[word] = Cursor.start.word
                }
                for word in 1 + plan.accumulatorsWord..<second.count { second[word] = 0 }
                record += second
            }
        }
    }

    @Test(arguments: Damage.allCases) func aRowThatEventsCannotHaveLeftIsRefused(
        damage: Damage
    ) throws {
        var (plan, record) = try Self.record()
        try Self.restore(record)
        try damage.apply(to: &record, plan)
        #expect(throws: FormatError.self) { try Self.restore(record) }
    }

    // MARK: Many

    /// A state as frames and the rest.
    private struct Parts {
        var frames: [UInt8]
        let rest: [UInt8]

        init(of state: inout FeatureState) {
            var writer = ByteWriter()
            var tail = ByteWriter()
            state.beginCut()
            while !state.continueCut(bytesMax: 1 << 20, into: &writer) {}
            state.appendTail(to: &tail)
            (frames, rest) = (writer.copy(), tail.copy())
        }

        func forEachFrame(
            _ body: (FrameKind, RawSpan) throws(FormatError) -> Void
        ) throws(FormatError) {
            let bytes = unsafe frames.span.bytes
            var place = 0
            while place < bytes.byteCount {
                let rest = bytes.extracting(place..<bytes.byteCount)
                let kind = try Frame.kind(of: rest)
                let frame = try Frame(rest, kind: kind, newestVersion: FeatureState.rowsVersion)
                try body(kind, frame.payload)
                place += frame.byteCount
            }
        }

        func restore(_ state: inout FeatureState) throws(FormatError) {
            try forEachFrame { kind, payload throws(FormatError) in
                if kind == .entityRows {
                    try state.restore(rows: payload)
                } else {
                    try state.restore(buckets: payload)
                }
            }
            var reader = unsafe ByteReader(rest.span.bytes)
            try state.restoreTail(from: &reader)
            try state.finishRestoring()
        }
    }

    private static func events(
        _ count: Int, _ random: inout SeededGenerator
    ) -> [FeatureStream.Event] {
        var clock: Int64 = 1_000_000
        return (0..<count).map { _ in
            clock += Int64.random(in: 1...Day.day / 2, using: &random)
            return FeatureStream.Event(by: clock, &random)
        }
    }

    /// Every event gets a label some events later.
    private static func run(
        _ stream: inout FeatureStream, _ events: ArraySlice<FeatureStream.Event>,
        references: inout [FeatureState.Reference]
    ) -> [[Double]] {
        var found: [[Double]] = []
        for event in events {
            found.append(stream.features(event))
            references.append(stream.reference)
            let due = references.count - 1 - Int(event.time % 30)
            if due >= 0 { stream.state.setLabel(Double(event.time % 5) / 4, at: references[due]) }
        }
        return found
    }

    @Test(arguments: UInt64(0)..<10) func aDamagedStateNeverTraps(seed: UInt64) throws {
        var random = SeededGenerator(seed)
        let events = Self.events(500, &random)
        var stream = try Self.stream()
        var references: [FeatureState.Reference] = []
        _ = Self.run(&stream, events[..<300], references: &references)
        let bytes = Parts(of: &stream.state)
        let mutator = FrameMutator(bytes.frames)
        var known = references
        let expected = Self.run(&stream, events[300...], references: &known)
        var taken = 0
        for number in 0...200 {
            var damaged = bytes
            if number > 0 {
                damaged.frames = mutator.mutant(
                    ofNumbersIn: .entityRows, from: MemoryLayout<UInt32>.size, using: &random)
            }
            var other = try Self.stream()
            guard (try? damaged.restore(&other.state)) != nil else { continue }
            var known = references
            let found = Self.run(&other, events[300...], references: &known)
            if number == 0 {
                let isAlike =
                    found.map { $0.map(\.bitPattern) } == expected.map { $0.map(\.bitPattern) }
                #expect(isAlike)
            }
            taken += 1
            // What goes on can be stored, and read again.
            var again = try Self.stream()
            #expect(throws: Never.self) { try Parts(of: &other.state).restore(&again.state) }
        }
        #expect(taken > 0 && taken < 200, "\(taken) of 200")
    }

    /// Lower limits than those of the run that wrote it are told as such.
    @Test func aLimitThatWasLoweredIsNamed() throws {
        var random = SeededGenerator(1)
        var stream = try Self.stream()
        var references: [FeatureState.Reference] = []
        _ = Self.run(&stream, Self.events(300, &random)[...], references: &references)
        let parts = Parts(of: &stream.state)
        var limits = Self.limits()
        limits.entitiesMax = 2
        var smaller = try FeatureStream(
            EveryAggregate.list, limits: limits, labelHorizon: 20 * Day.day)
        let error = #expect(throws: FormatError.self) { try parts.restore(&smaller.state) }
        #expect(error?.description.contains("above the limit of 2") == true)
    }
}
