import JSON
import Model
import Pipeline
import PipelineFixture
import Testing
import Training

/// Labels: those that fit, those that do not, and those that never come.
@Suite struct LabelTests {
    static let start: Int64 = 1_700_000_000_000

    func fold(_ project: PaymentProject = PaymentProject()) throws -> Fold {
        var fold = try Fold(try project.settings())
        fold.step(.payment("a", time: Self.start, terminal: 9))
        return fold
    }

    @Test func unknownAndRepeatedLabelsAreCountedAndTeachNothing() throws {
        var fold = try fold()
        fold.step(.label("never", time: Self.start))
        #expect(fold.pipeline.status.labels.orphans == 1 && fold.pipeline.status.learned == 0)
        fold.step(.label("a", time: Self.start))
        let once = (fold.learned, fold.pipeline.status.judged)
        fold.step(.label("a", time: Self.start, 0))
        let status = fold.pipeline.status
        #expect(status.labels.joined == 1 && status.labels.duplicates == 1)
        #expect(fold.learned == once.0 && status.judged == once.1 && status.learned == 1)
        #expect(status.counts.labels == 3 && status.counts.rejected == 0)
    }

    @Test func aLabelReachesTheWindowsOfItsEvent() throws {
        var project = PaymentProject()
        project.publishesFeatures = true
        var fold = try fold(project)
        func risk(_ id: String) throws -> Double? {
            let text = fold.step(.payment(id, time: Self.start + 10, terminal: 9))[0].value
            let document = try JSONValue(parsing: unsafe text.span.bytes)
            return document["features"]?["risk"]?.double
        }
        #expect(try risk("b") == 0)
        fold.step(.label("a", time: Self.start + 10))
        #expect(try risk("c") == 1)
    }

    @Test(arguments: [true, false]) func silenceMaturesAsTheProjectSays(_ isNegative: Bool) throws {
        var project = PaymentProject()
        project.silence = isNegative ? .negative : .drop
        var fold = try fold(project)
        fold.step(.payment("b", time: Self.start + project.maturityMillis - 1))
        #expect(fold.pipeline.counts.matured == 0)
        fold.step(.payment("c", time: Self.start + project.maturityMillis))
        let status = fold.pipeline.status
        #expect(status.counts.matured == 1 && status.labels.expired == 1)
        #expect(status.learned == (isNegative ? 1 : 0) && status.judged == (isNegative ? 1 : 0))
        fold.step(.label("a", time: Self.start))
        #expect(fold.pipeline.status.labels.late == 1)
        #expect(fold.pipeline.status.learned == (isNegative ? 1 : 0))
    }

    /// The learner's weights come into use after every `publishEvery` examples, between two
    /// records.
    @Test func modelsArePublishedByTheNumberOfExamples() throws {
        var project = PaymentProject()
        project.publishEvery = 3
        project.maturityMillis = 1_000_000
        var fold = try Fold(try project.settings())
        var versions: [String] = []
        for n in 0..<10 {
            let time = Self.start + Int64(n)
            let message = fold.step(.payment("e\(n)", time: time, amount: Double(n)))[0]
            let version = fold.pipeline.model.version
            #expect(message.headers["espalier-model"] == version)
            #expect(message.text.contains("\"model\":\"\(version)\""))
            versions.append(version)
            fold.step(.label("e\(n)", time: time, n % 2 == 0 ? 1 : 0))
        }
        #expect(versions == [0, 0, 0, 3, 3, 3, 6, 6, 6, 9].map { "online-\($0)" })
        #expect(fold.pipeline.status.nonZeroCount > 0)
    }

    @Test func aFixedModelIsJudgedAndNeverReplaced() throws {
        var project = PaymentProject()
        project.scoresOnly = true
        var fold = try fold(project)
        fold.step(.label("a", time: Self.start))
        #expect(fold.pipeline.status.judged == 1 && fold.pipeline.status.learned == 0)
        #expect(fold.step(.payment("b", time: Self.start))[0].headers["espalier-model"] == "fixed")
    }
}
