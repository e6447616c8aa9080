import TestSupport
import Testing

@testable import Sketches

struct FrequentItemsTests {
    /// Against exact counts: every promise, always, whole or merged, with skips.
    @Test(arguments: UInt64(0)..<40) func countsLieWhereStated(seed: UInt64) {
        var random = SeededGenerator(seed)
        var truth: [UInt64: UInt64] = [:]
        var parts = [FrequentItems(capacity: 32), FrequentItems(capacity: 32)]
        var skipped: UInt64 = 0
        for _ in 0..<20_000 {
            let share = Double.random(in: 0.0001..<1, using: &random)
            let item = UInt64(1 / (share * share)) % 5_000
            let count = UInt64.random(in: 1...3, using: &random)
            truth[item, default: 0] += count
            parts[Int.random(in: 0...1, using: &random)].insert(item, count: count)
        }
        if seed % 2 == 1 {
            for item in UInt64(0)..<50 { truth[item, default: 0] += 1 }
            parts[0].skip(50, each: 1)
            skipped = 1
        }
        var whole = parts[0]
        whole.merge(parts[1])
        let total = truth.values.reduce(0, +)
        #expect(whole.total == total)
        #expect(whole.countError <= 2 * total / 32 + skipped)
        let entries = whole.entries()
        #expect(entries.count <= 32)
        for entry in entries {
            #expect((entry.least...entry.most).contains(truth[entry.item] ?? 0))
        }
        let listed = Set(entries.map(\.item))
        for (item, count) in truth where !listed.contains(item) {
            #expect(count <= whole.countError)
            #expect(whole.entry(of: item).most == whole.countError)
        }
    }

    @Test func fewItemsAreCountedExactly() {
        var items = FrequentItems(capacity: 8)
        for round in UInt64(1)...6 { items.insert(round, count: 10 * round) }
        #expect(items.countError == 0)
        #expect(items.entries().map(\.item) == [6, 5, 4, 3, 2, 1])
        #expect(items.entries().map(\.least) == [60, 50, 40, 30, 20, 10])
    }
}
