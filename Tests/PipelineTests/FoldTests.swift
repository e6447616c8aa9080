import Pipeline
import PipelineFixture
import TestSupport
import Testing
import Training

/// A pipeline is a fold: the same records in the same order give the same bytes and the same state.
@Suite struct FoldTests {
    static func records(_ count: Int, seed: UInt64) -> [InputRecord] {
        var stream = PaymentStream(partitions: 3, seed: seed)
        return InputRecord.sorted(InputRecord.numbered(stream.next(count)))
    }

    @Test func theSameRecordsGiveTheSameBytes() throws {
        let settings = try PaymentProject().settings()
        let records = Self.records(2_000, seed: 1)
        let first = try Fold(settings, records)
        let second = try Fold(settings, records)
        let areSame = first.written == second.written
        #expect(areSame && first.predictions.count == 2_000)
        #expect(first.state == second.state && first.learned == second.learned)
        #expect(first.state.learned > 100 && first.state.labels.joined > 100)
        #expect(Set(first.predictions.map { $0.headers["espalier-model"] }).count > 3)
    }

    @Test func predictionsFollowTheSchema() throws {
        var project = PaymentProject()
        project.publishesFeatures = true
        let fold = try Fold(try project.settings(), Self.records(300, seed: 2))
        let documents = fold.predictions.map(\.text)
        #expect(documents.count == 300)
        guard let verdicts = SchemaValidator.verdicts("prediction.schema.json", documents) else {
            return
        }
        #expect(verdicts == documents.map { _ in "good" })
    }

    @Test func predictionsAreNamedAfterTheirEvents() throws {
        let records = Self.records(50, seed: 3)
        let fold = try Fold(try PaymentProject().settings(), records)
        let events = records.filter { $0.stream == .events }
        #expect(fold.predictions.map(\.source) == events.map(\.position))
        #expect(fold.predictions.map(\.key) == events.map { $0.key.map { Array($0.utf8) } })
        #expect(Set(fold.predictions.map(\.source)).count == 50)
    }
}
