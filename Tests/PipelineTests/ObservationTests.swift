import Bytes
import Events
import Features
import JSON
import Model
import PipelineFixture
import Sparse
import Statistics
import TestSupport
import Testing
import Usage

@testable import Pipeline

/// Statistics and usage as a pipeline keeps and publishes them.
struct ObservationTests {
    private static func settings() throws -> PipelineSettings {
        var settings = try PaymentProject().settings()
        var observation = ObservationSettings()
        observation.statistics.windowsMillis = [10_000, 60_000]
        observation.segment = 5
        observation.publishEveryMillis = 30_000
        observation.publishEventsMin = 300
        observation.threshold = 0.5
        settings.observation = observation
        return settings
    }

    private static func records(_ count: Int) -> [InputRecord] {
        var stream = PaymentStream(partitions: 1, seed: 11)
        return InputRecord.numbered(stream.next(count))
    }

    private static func run(
        _ pipeline: inout EventPipeline, _ records: [InputRecord], into outbox: inout Outbox,
        _ check: (borrowing EventPipeline) -> Void = { _ in }
    ) {
        for record in records {
            let (key, value) = (Array((record.key ?? "").utf8), record.value ?? [])
            unsafe pipeline.step(
                record.origin, key: key.span.bytes, value: value.span.bytes, into: &outbox)
            check(pipeline)
        }
    }

    private static func messages(_ outbox: borrowing Outbox) -> [(key: String, value: String)] {
        var messages: [(key: String, value: String)] = []
        for message in outbox.messages where message.destination == .features {
            func text(_ range: Range<Int>, _ outbox: borrowing Outbox) -> String {
                unsafe outbox.bytes(range).withUnsafeBytes {
                    unsafe String(decoding: $0, as: UTF8.self)
                }
            }
            messages.append((text(message.key ?? 0..<0, outbox), text(message.value, outbox)))
        }
        return messages
    }

    private static func bytes(_ observation: Observation?) -> [UInt8]? {
        guard let observation else { return nil }
        var writer = ByteWriter()
        observation.append(to: &writer)
        return writer.copy()
    }

    /// Every counter against what a list of vectors and the model's slopes say.
    @Test func usageIsCountedExactly() throws {
        var pipeline = try EventPipeline(Self.settings())
        var outbox = Outbox()
        var truth: [String: (present: UInt64, weighed: UInt64, crossings: UInt64)] = [:]
        var events: UInt64 = 0
        Self.run(&pipeline, Self.records(3_000), into: &outbox) { pipeline in
            guard pipeline.counts.events > events else { return }
            events = pipeline.counts.events
            var contributions = Array(repeating: 0.0, count: pipeline.vector.count)
            let margin = pipeline.model.margin(
                of: pipeline.vector, contributions: &contributions)
            for (index, part) in zip(pipeline.vector.indices, contributions) {
                let plan = pipeline.settings.plan
                let name = plan.inputs[plan.input(of: index)]
                truth[name, default: (0, 0, 0)].present += 1
                guard part != 0 else { continue }
                truth[name]?.weighed += 1
                if (margin >= 0) != (margin - part >= 0) { truth[name]?.crossings += 1 }
            }
        }
        let kept = pipeline.observation
        let observation = try #require(kept)
        let total = observation.usage.total
        #expect(total.events == pipeline.counts.events)
        for (input, name) in pipeline.settings.plan.inputs.enumerated() {
            let counts = total.inputs[input]
            #expect(counts.present == truth[name]?.present ?? 0, "\(name)")
            #expect(counts.weighed == truth[name]?.weighed ?? 0, "\(name)")
            #expect(counts.crossings == truth[name]?.crossings ?? 0, "\(name)")
            #expect(counts.topReasons <= counts.weighed)
        }
        #expect(truth.values.contains { $0.weighed > 0 })
    }

    @Test func everyColumnIsPublishedAsTheSchemaSays() throws {
        var pipeline = try EventPipeline(Self.settings())
        var outbox = Outbox()
        Self.run(&pipeline, Self.records(3_000), into: &outbox)
        let messages = Self.messages(outbox)
        let kept = pipeline.observation
        let columns = try #require(kept).statistics.columns.map(\.name)
        #expect(Set(messages.map(\.key)) == Set(columns))
        #expect(messages.count % columns.count == 0 && messages.count >= 2 * columns.count)
        let last = try #require(messages.last { $0.key == "ratio" })
        let bytes = Array(last.value.utf8)
        let document = try JSONValue(parsing: unsafe bytes.span.bytes)
        #expect(document["feature"]?.string == "ratio")
        #expect((document["windows"]?.array?.count ?? 0) == 3)
        #expect((document["segments"]?.array?.count ?? 0) >= 2)
        if let verdicts = SchemaValidator.verdicts(
            "feature.schema.json", messages.map(\.value))
        {
            #expect(verdicts.filter { $0 != "good" } == [])
        }
    }

    /// A message a feature for the first event of each task would say nothing.
    @Test func theFirstEventPublishesNothing() throws {
        var pipeline = try EventPipeline(Self.settings())
        var outbox = Outbox()
        Self.run(&pipeline, Array(Self.records(40).prefix(20)), into: &outbox)
        #expect(pipeline.counts.events > 0 && Self.messages(outbox).isEmpty)
        let next = pipeline.observation?.nextPublicationMillis
        #expect(try #require(next) % 30_000 == 0)
    }

    /// However many segments with however long names there are, a message finds its way.
    @Test func aMessageHasRoomForTheLargestSegments() throws {
        var settings = StatisticsSettings()
        settings.segmentsMax = 1_024
        settings.windowsMillis = []
        var table = try StatisticsTable(
            columns: [StatisticsColumn(name: "f", source: .number(slot: 0))], settings: settings)
        let (values, none): ([Double], [UInt32]) = ([1], [])
        for key in UInt64(0)..<1_024 {
            let name = String(repeating: "\u{1}", count: 60) + "\(key)"
            let place = table.addSegment(key: key, name: name)
            for _ in 0..<(key == 1_000 ? 3 : 1) {
                table.observe(
                    numbers: values.span, buckets: none.span, score: 0, timeMillis: 5, clock: 5,
                    segment: place)
            }
        }
        var writer = ByteWriter()
        FeatureMessage(
            column: 0, statistics: table.settled(), part: nil, feature: nil, input: nil,
            usage: UsageTable(inputCount: 1), model: "m", weights: 0, state: []
        ).append(at: 5, to: &writer)
        #expect(writer.count < 700_000)
        let bytes = writer.copy()
        let message = try JSONValue(parsing: unsafe bytes.span.bytes)
        let segments = try #require(message["segments"]?.array)
        #expect(segments.first?["segment"]?.string?.hasSuffix("\u{1}1000") == true)
        #expect(message["segmentsLeftOut"]?.integer == Int64(1_025 - segments.count))
    }

    @Test func theExampleFollowsTheSchema() throws {
        let example = try #require(SharedData.schemaExample("feature.json"))
        let verdicts = SchemaValidator.verdicts("feature.schema.json", [example])
        #expect(verdicts ?? ["good"] == ["good"])
    }

    @Test func stoppedAndReadBackItGoesOnBitForBit() throws {
        let records = Self.records(2_000)
        var whole = try EventPipeline(Self.settings())
        var outbox = Outbox()
        Self.run(&whole, records, into: &outbox)
        var pipeline = try EventPipeline(Self.settings())
        Self.run(&pipeline, Array(records.prefix(777)), into: &outbox)
        let bytes = try #require(Self.bytes(pipeline.observation))
        let empty = try EventPipeline(Self.settings()).observation
        var fresh = try #require(empty)
        var reader = ByteReader(unsafe bytes.span.bytes)
        try fresh.restore(from: &reader)
        try reader.end()
        pipeline.observation = fresh
        Self.run(&pipeline, Array(records.dropFirst(777)), into: &outbox)
        let (first, second) = (Self.bytes(whole.observation), Self.bytes(pipeline.observation))
        #expect(first == second && first != nil)
    }

    /// Whoever asks for features changes no prediction, is counted, and is told of with the
    /// features; the counts outlive a restart.
    @Test func readersAreCountedAndTold() throws {
        let records = Self.records(3_000)
        var alone = try EventPipeline(Self.settings())
        var asked = try EventPipeline(Self.settings())
        var first = Outbox()
        var second = Outbox()
        let plan = asked.settings.plan
        let mean = try #require(plan.features.firstIndex { $0.name == "mean" })
        let slot = try #require(plan.schema.fields.firstIndex { $0.name == "customer" })
        var known: UInt64 = 0
        for (number, record) in records.enumerated() {
            Self.run(&alone, [record], into: &first)
            let answer = asked.answer(
                FeatureQuery(
                    consumer: "checkout", features: [mean],
                    rows: [[.init(slot: slot, value: .integer(Int64(number % 40)))]]))
            known += answer.rows[0].isKnown ? 1 : 0
            Self.run(&asked, [record], into: &second)
        }
        let predictions = { (outbox: borrowing Outbox) -> [String] in
            Self.text(outbox) { $0.destination == .predictions }
        }
        #expect(known > 1_000 && predictions(first) == predictions(second))
        let reads = asked.observation?.usage.reads.readers(of: mean) ?? []
        #expect(reads.map(\.counts.reads) == [known] && reads.map(\.consumer) == ["checkout"])
        let told = Self.messages(second).map(\.value).filter { $0.contains("\"reads\"") }
        #expect(told.allSatisfy { $0.contains("{\"feature\":\"mean\"") } && !told.isEmpty)
        if let verdicts = SchemaValidator.verdicts("feature.schema.json", told) {
            #expect(verdicts == told.map { _ in "good" })
        }
        let bytes = try #require(Self.bytes(asked.observation))
        var restored = asked.observation
        restored?.usage.reads.note(1, of: [mean], by: "later", atMillis: 0)
        var reader = ByteReader(unsafe bytes.span.bytes)
        try restored?.restore(from: &reader)
        #expect(restored?.usage.reads == asked.observation?.usage.reads)
    }

    private static func text(
        _ outbox: borrowing Outbox, where isWanted: (Outbox.Message) -> Bool
    ) -> [String] {
        var texts: [String] = []
        for message in outbox.messages where isWanted(message) {
            texts.append(
                unsafe outbox.bytes(message.value).withUnsafeBytes {
                    unsafe String(decoding: $0, as: UTF8.self)
                })
        }
        return texts
    }
}
