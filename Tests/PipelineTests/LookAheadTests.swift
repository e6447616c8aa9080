import Pipeline
import PipelineFixture
import TestSupport
import Testing
import Training

/// Looking ahead is a hint: whatever was looked ahead to, steps give the same bytes and the same
/// state.
@Suite struct LookAheadTests {
    /// Payments and labels, with broken, late and repeated ones among them.
    static func records(seed: UInt64) -> [InputRecord] {
        var random = SeededGenerator(seed)
        var records: [InputRecord] = []
        for record in FoldTests.records(1_500, seed: seed) {
            var record = record
            switch Int.random(in: 0..<40, using: &random) {
            case 0: record.value = Array("{".utf8)
            case 1: record.value = nil
            case 2: records.append(record)
            default: break
            }
            records.append(record)
        }
        return InputRecord.numbered(records)
    }

    enum Manner: CaseIterable {
        /// All of a group, in order: what a worker does.
        case groups
        /// Groups that end early, so that steps catch up in between.
        case shortGroups
        /// More than fits.
        case tooMany
        /// Other records than those that come.
        case wrong
    }

    @Test(arguments: Manner.allCases, [UInt64(1), 2, 3])
    func stepsAreTheSame(_ manner: Manner, seed: UInt64) throws {
        let settings = try PaymentProject().settings()
        let records = Self.records(seed: seed)
        let truth = try Fold(settings, records)
        var random = SeededGenerator(seed)
        var fold = try Fold(settings)
        var start = 0
        while start < records.count {
            let size =
                switch manner {
                case .groups: EventPipeline.lookAheadMax
                case .shortGroups, .wrong:
                    Int.random(in: 1...EventPipeline.lookAheadMax, using: &random)
                case .tooMany: 2 * EventPipeline.lookAheadMax + 1
                }
            let group = start..<min(start + size, records.count)
            for index in group {
                let isWrong = manner == .wrong && Bool.random(using: &random)
                fold.lookAhead(to: records[isWrong ? (index * 7) % records.count : index])
            }
            for index in group { fold.step(records[index]) }
            start = group.upperBound
        }
        let areSame = fold.written == truth.written
        #expect(areSame && fold.predictions.count > 1_000)
        #expect(fold.state == truth.state && fold.learned == truth.learned)
        #expect(truth.state.labels.joined > 100 && truth.written.contains { !$0.isPrediction })
    }
}
