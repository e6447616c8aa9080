import TestSupport
import Testing

@testable import Training

@Suite struct SplitTests {
    @Test(arguments: [(rows: 100, folds: 5, gap: Int64(7)), (60, 3, 0), (1_000, 10, 40)])
    func aBlockLearnsOnlyFromWhatWasKnown(rows: Int, folds: Int, gap: Int64) {
        var random = SeededGenerator(UInt64(rows))
        var time: Int64 = 0
        let times = (0..<rows).map { _ in
            time += Int64.random(in: 0...3, using: &random)
            return time
        }
        let splits = Split.blocked(times: times, count: folds, gapMillis: gap)
        #expect(splits.count == folds)
        #expect(splits.flatMap(\.test) == Array((rows / (folds + 1))..<rows))
        for split in splits {
            let first = times[split.test[0]]
            #expect(split.training.allSatisfy { times[$0] < first - gap })
            // Nothing that was known is left out.
            #expect(split.training.count == times.count { $0 < first - gap })
        }
    }

    @Test func blocksWithoutAPastAreLeftOut() {
        let times = (0..<10).map { Int64($0) }
        #expect(Split.blocked(times: times, count: 3, gapMillis: 100).isEmpty)
        #expect(Split.blocked(times: [], count: 3, gapMillis: 0).isEmpty)
        #expect(Split.blocked(times: [5, 5, 5, 5], count: 3, gapMillis: .max).isEmpty)
        // A gap that reaches behind all times leaves none out of it.
        let first = (0..<10).map { Int64.min + $0 }
        #expect(Split.blocked(times: first, count: 3, gapMillis: 100).isEmpty)
    }

    @Test func randomPartsShareThePositives() {
        var random = SeededGenerator(3)
        let labels = (0..<100).map { $0 % 10 == 0 ? 1.0 : 0 }
        let splits = Split.random(labels: labels, count: 5, using: &random)
        #expect(splits.flatMap(\.test).sorted() == Array(0..<100))
        for split in splits {
            #expect(split.test.count { labels[$0] == 1 } == 2 && split.test.count == 20)
            #expect(Set(split.training).isDisjoint(with: split.test))
            #expect(split.training.count == 80)
        }
    }

    @Test func aGroupStaysTogether() {
        var random = SeededGenerator(4)
        let groups = (0..<200).map { UInt64($0 % 17) }
        let splits = Split.grouped(groups, count: 4, using: &random)
        for split in splits {
            let tested = Set(split.test.map { groups[$0] })
            #expect(tested.isDisjoint(with: split.training.map { groups[$0] }))
        }
        #expect(splits.flatMap(\.test).sorted() == Array(0..<200))
    }
}
