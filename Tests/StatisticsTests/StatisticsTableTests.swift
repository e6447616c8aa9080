import Bytes
import Sketches
import TestSupport
import Testing

@testable import Statistics

/// A stream of events and the statistics of it, kept as a list.
struct EventList {
    struct Event {
        var time: Int64
        var numbers: [Double]
        var bucket: UInt32
        var score: Double
        var segment: UInt64
    }

    static let columns = [
        StatisticsColumn(name: "amount", source: .number(slot: 0)),
        StatisticsColumn(name: "flag", source: .number(slot: 1)),
        StatisticsColumn(name: "site", source: .category(buckets: 64)),
        StatisticsColumn(name: "score", source: .score),
    ]
    var events: [Event] = []

    init(_ count: Int, seed: UInt64, gapMillis: Int64 = 4_000) {
        var random = SeededGenerator(seed)
        var time: Int64 = 1_700_000_000_000
        for _ in 0..<count {
            time += Int64.random(in: 0...gapMillis, using: &random)
            let special = [Double.nan, .infinity, -.infinity, 0, -0.0]
            let isSpecial = Int.random(in: 0..<6, using: &random) == 0
            let amount =
                isSpecial
                ? special.randomElement(using: &random) ?? 0
                : Double.random(in: -5...100, using: &random)
            let bucket = UInt32.random(in: 0..<50, using: &random)
            events.append(
                Event(
                    time: time - Int64.random(in: 0...2_000, using: &random),
                    numbers: [amount, Double(Int.random(in: 0...1, using: &random))],
                    bucket: bucket > 40 ? .max : bucket,
                    score: Double.random(in: 0...1, using: &random),
                    segment: UInt64.random(in: 0..<5, using: &random)))
        }
    }

    static var settings: StatisticsSettings {
        var settings = StatisticsSettings()
        settings.windowsMillis = [60_000, 600_000]
        settings.quantileSize = 64
        settings.segmentsMax = 3
        return settings
    }

    /// Takes in a stretch of the events; `clock` goes on from the newest time before.
    func take(_ range: Range<Int>, into table: inout StatisticsTable, clock: inout Int64) {
        for event in events[range] {
            clock = max(clock, event.time)
            let segment =
                table.segment(of: event.segment)
                ?? table.addSegment(key: event.segment, name: "s\(event.segment)")
            table.observe(
                numbers: event.numbers.span, buckets: [event.bucket].span, score: event.score,
                timeMillis: event.time, clock: clock, segment: segment)
        }
    }

    func table() throws -> StatisticsTable {
        var table = try StatisticsTable(columns: Self.columns, settings: Self.settings)
        var clock = Int64.min
        take(events.indices, into: &table, clock: &clock)
        return table
    }
}

struct StatisticsTableTests {
    /// Exact counts of one column over some events.
    private func check(
        _ summary: FeatureSummary, _ events: [EventList.Event], _ value: (EventList.Event) -> Double
    ) {
        let values = events.map(value)
        let finite = values.filter(\.isFinite)
        #expect(summary.events == UInt64(events.count))
        #expect(summary.missing == UInt64(values.count { $0.isNaN }))
        #expect(summary.zero == UInt64(values.count { $0 == 0 }))
        #expect(summary.nonFinite == UInt64(values.count { $0.isInfinite }))
        #expect(summary.moments.count == UInt64(finite.count))
        #expect(summary.quantiles.count == UInt64(finite.count))
        guard let least = finite.min(), let greatest = finite.max() else { return }
        #expect(summary.moments.min == least && summary.moments.max == greatest)
        let mean = finite.reduce(0, +) / Double(finite.count)
        #expect(abs(summary.moments.mean - mean) < 1e-9)
        let distinct = Double(Set(finite).count)
        #expect(abs(summary.distinct.estimate - distinct) <= 0.13 * distinct + 1)
        let latest = zip(events, values).filter { $1.isFinite }.map { ($0.time, $1) }
            .max { $0 < $1 }
        #expect(
            summary.last.map { [Double($0.timeMillis), $0.value] }
                == latest.map {
                    [Double($0.0), $0.1]
                })
        let median = summary.quantiles.distribution().quantile(0.5)
        let below = Double(finite.count { $0 <= median }) / Double(finite.count)
        let ties = Double(finite.count { $0 == median }) / Double(finite.count)
        #expect(below + 0.05 >= 0.5 && below - ties - 0.05 <= 0.5)
        for entry in summary.frequent.entries() {
            let count = UInt64(finite.count { ($0 + 0).bitPattern == entry.item })
            #expect((entry.least...entry.most).contains(count))
        }
    }

    @Test(arguments: [0, 1, 255, 256, 5_000]) func agreesWithAList(count: Int) throws {
        let list = EventList(count, seed: UInt64(count))
        let table = try list.table().settled()
        check(table.summary(of: 0, over: .lifetime), list.events) { $0.numbers[0] }
        check(table.summary(of: 1, over: .lifetime), list.events) { $0.numbers[1] }
        check(table.summary(of: 3, over: .lifetime), list.events) { $0.score }
        for (window, width) in EventList.settings.windowsMillis.enumerated() {
            var (clock, byStart): (Int64, [(start: Int64, events: [EventList.Event])]) = (0, [])
            for event in list.events {
                clock = max(clock, event.time)
                let start = clock / width * width
                if byStart.last?.start != start { byStart.append((start, [])) }
                byStart[byStart.count - 1].events.append(event)
            }
            for (period, expected) in [
                (StatisticsTable.Period.open(window: window), byStart.last),
                (.closed(window: window), byStart.dropLast().last),
            ] {
                #expect(table.start(of: period) == expected?.start)
                check(table.summary(of: 0, over: period), expected?.events ?? []) { $0.numbers[0] }
            }
        }
    }

    /// Events that come close together, so that nearly every batch has a late one at its end.
    @Test(arguments: UInt64(0)..<8) func theLastValueIsThatOfTheLatestEvent(seed: UInt64) throws {
        let list = EventList(700, seed: seed, gapMillis: 100)
        let table = try list.table().settled()
        check(table.summary(of: 0, over: .lifetime), list.events) { $0.numbers[0] }
        check(table.summary(of: 3, over: .lifetime), list.events) { $0.score }
    }

    @Test func segmentsAddUpAndAreBounded() throws {
        let list = EventList(3_000, seed: 2)
        let table = try list.table().settled()
        #expect(table.segments.count == 4)
        for (place, segment) in table.segments.enumerated() {
            let events = list.events.filter { event in
                let isKept = table.segments.contains { $0.key == event.segment }
                return segment.key.map { $0 == event.segment } ?? !isKept
            }
            check(table.summary(of: 0, over: .lifetime, segment: place), events) { $0.numbers[0] }
        }
    }

    @Test func categoriesAreCountedByBucket() throws {
        let list = EventList(4_000, seed: 3)
        let summary = try list.table().settled().summary(of: 2, over: .lifetime)
        let buckets = list.events.map(\.bucket)
        #expect(summary.events == 4_000)
        #expect(summary.missing == UInt64(buckets.count { $0 == .max }))
        #expect(summary.unseen == 41)
        #expect(abs(summary.distinct.estimate - 41) < 4)
        for entry in summary.frequent.entries() {
            let count = UInt64(buckets.count { UInt64($0) == entry.item })
            #expect((entry.least...entry.most).contains(count))
        }
    }

    /// Parts of a stream in tables of their own, such as of two workers, merge to the whole.
    @Test func summariesOfWorkersMerge() throws {
        let (a, b) = (EventList(2_000, seed: 5), EventList(900, seed: 6))
        var merged = try a.table().settled().summary(of: 0, over: .lifetime)
        merged.merge(try b.table().settled().summary(of: 0, over: .lifetime))
        check(merged, a.events + b.events) { $0.numbers[0] }
    }

    @Test(arguments: UInt64(0)..<12) func cutAnywhereItGoesOnBitForBit(seed: UInt64) throws {
        let list = EventList(2_500, seed: seed)
        let whole = try list.table()
        var random = SeededGenerator(seed)
        let cut = Int.random(in: 0..<2_500, using: &random)
        var (first, clock) = (
            try StatisticsTable(columns: EventList.columns, settings: EventList.settings),
            Int64.min
        )
        list.take(0..<cut, into: &first, clock: &clock)
        _ = first.settled().summary(of: 0, over: .lifetime)
        var second = try StatisticsTable(columns: EventList.columns, settings: EventList.settings)
        try restore(&second, bytes(first))
        list.take(cut..<2_500, into: &second, clock: &clock)
        #expect(bytes(second) == bytes(whole), "cut at \(cut)")
    }

    @Test func anotherShapeIsPassedOverAndDamagedBytesAreRefused() throws {
        let bytes = bytes(try EventList(1_000, seed: 1).table())
        var others = Array(repeating: EventList.settings, count: 4)
        others[0].quantileSize = 100
        others[1].distinctPrecision += 1
        others[2].frequentCapacity *= 2
        // As many windows, whose beginnings may be those of the old ones.
        others[3].windowsMillis[1] = others[3].windowsMillis[0] * 2
        for other in others {
            let fresh = try StatisticsTable(columns: EventList.columns, settings: other)
            var table = fresh
            let isAlike = try restore(&table, bytes)
            #expect(!isAlike && table.events == 0, "\(other)")
        }
        var table = try StatisticsTable(
            columns: Array(EventList.columns.dropLast()), settings: EventList.settings)
        let isAlike = try restore(&table, bytes)
        #expect(!isAlike)
        table = try EventList(1_000, seed: 1).table()
        for end in stride(from: 0, to: bytes.count, by: 997) {
            #expect(throws: FormatError.self) { try restore(&table, Array(bytes[..<end])) }
        }
        for place in stride(from: 16, to: bytes.count - 8, by: 61) {
            var payload = Array(bytes[16..<bytes.count - 8])
            payload[place - 16] ^= 0x41
            var writer = ByteWriter()
            writer.appendFrame(.statisticsTable, version: StatisticsTable.frameVersion) {
                unsafe $0.append(payload.span.bytes)
            }
            guard (try? restore(&table, writer.copy())) != nil else { continue }
            _ = table.settled().summary(of: 0, over: .lifetime)
        }
    }

    @Test func sizeStaysBelowItsFunction() throws {
        let list = EventList(20_000, seed: 9)
        let table = try list.table()
        let settings = EventList.settings
        #expect(
            bytes(table).count
                <= settings.byteCountMax(
                    columns: EventList.columns.count, isSegmented: true, buckets: 64) + 4_096)
        let defaults = StatisticsSettings()
        #expect(defaults.byteCountMax(columns: 100) - defaults.byteCountMax(columns: 99) < 90_000)
    }

    @Test func unusableSettingsAreRefused() {
        for windows: [Int64] in [[0], [-5], [10, 15], [20, 10], [1, 2, 4, 8, 16, 32, 64]] {
            var settings = StatisticsSettings()
            settings.windowsMillis = windows
            #expect(throws: StatisticsSettings.Fault.windows(windows)) { try settings.validate() }
        }
    }

    private func bytes(_ table: StatisticsTable) -> [UInt8] {
        var writer = ByteWriter()
        table.append(to: &writer)
        return writer.copy()
    }

    @discardableResult
    private func restore(
        _ table: inout StatisticsTable, _ bytes: [UInt8]
    ) throws(FormatError) -> Bool {
        var reader = ByteReader(unsafe bytes.span.bytes)
        return try table.restore(from: &reader)
    }
}
