import Events
import Pipeline
import PipelineFixture
import TestSupport
import Testing
import Training

/// What no project asked for gives a dead letter that says why, and the pipeline goes on.
@Suite struct HostileTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var value: [UInt8]?
        var reason: String
        var field: String?

        init(_ name: String, _ text: String, _ reason: String, _ field: String? = nil) {
            self.init(name, Array(text.utf8), reason, field)
        }

        init(_ name: String, _ value: [UInt8]?, _ reason: String, _ field: String? = nil) {
            testDescription = name
            self.value = value
            self.reason = reason
            self.field = field
        }
    }

    static func event(_ fields: String) -> String {
        #"{"id":"x","customer":1,"terminal":2,\#(fields)}"#
    }

    static let time = #""time":1700000000000"#

    static let cases = [
        Case("null value", nil as [UInt8]?, "malformed_json"),
        Case("no bytes", "", "malformed_json"),
        Case("half an object", #"{"id":"x","#, "malformed_json"),
        Case("two values", event(time) + "1", "malformed_json"),
        Case("an array", "[1]", "wrong_type"),
        Case("text for a number", event(time + #","amount":"1""#), "wrong_type", "amount"),
        Case(
            "a fraction for an integer", #"{"id":"x","time":1.5,"customer":1,"terminal":2}"#,
            "wrong_type", "time"),
        Case("NaN", event(time + #","amount":NaN"#), "malformed_json"),
        Case("infinity", event(time + #","amount":-Infinity"#), "malformed_json"),
        Case("beyond double", event(time + #","amount":1e999"#), "out_of_range", "amount"),
        Case("year 9999", event(#""time":253402300799000"#), "out_of_range", "time"),
        Case("negative time", event(#""time":-1"#), "out_of_range", "time"),
        Case("beyond 64 bits", event(#""time":99999999999999999999"#), "out_of_range", "time"),
        Case("a key twice", event(time + #","amount":1,"amount":2"#), "duplicate_field", "amount"),
        Case("no id", #"{"time":1700000000000,"customer":1,"terminal":2}"#, "missing_field", "id"),
        Case(
            "null entity", #"{"id":"x","time":1700000000000,"customer":null,"terminal":2}"#,
            "missing_field", "customer"),
        Case(
            "deep nesting",
            event(
                time + #","x":"# + String(repeating: "[", count: 100_000)
                    + String(repeating: "]", count: 100_000)), "too_deep"),
        Case(
            "invalid UTF-8",
            Array(event(time).utf8.dropLast()) + Array(#","x":""#.utf8)
                + [0xC3, 0x28] + Array(#""}"#.utf8), "invalid_utf8"),
        Case("10 MB", Array(repeating: UInt8(ascii: " "), count: 10 << 20), "too_large"),
        Case("late", event(#""time":1600000000000"#), "late"),
    ]

    static let good = InputRecord.payment("good", time: 1_700_000_000_000)

    @Test(arguments: cases) func givesADeadLetter(_ hostile: Case) throws {
        let settings = try PaymentProject().settings()
        var fold = try Fold(settings, InputRecord.numbered([Self.good]))
        var record = InputRecord(.events, partition: 3, time: 77, key: "k", value: hostile.value)
        record.offset = 41
        let letters = fold.step(record)
        let letter = try #require(letters.first)
        #expect(letters.count == 1 && !letter.isPrediction)
        #expect(letter.reason == hostile.reason)
        #expect(letter.headers["espalier-position"] == "events/3/41")
        #expect(letter.headers["espalier-field"] == hostile.field)
        #expect(letter.key == Array("k".utf8))
        let value = hostile.value ?? []
        #expect(letter.value == Array(value.prefix(settings.deadLetterBytesMax)))
        let wasCut = value.count > settings.deadLetterBytesMax
        #expect(letter.headers["espalier-length"] == (wasCut ? "\(value.count)" : nil))
        #expect(letter.headers["espalier-detail"] == nil || hostile.reason != "late")
        var next = InputRecord.payment("next", time: 1_700_000_000_001)
        next.offset = 42
        #expect(fold.step(next).first?.isPrediction == true)
        #expect(fold.pipeline.counts.rejected == 1 && fold.pipeline.counts.predictions == 2)
    }

    @Test func headersFollowTheSchema() throws {
        var fold = try Fold(try PaymentProject().settings(), InputRecord.numbered([Self.good]))
        for hostile in Self.cases {
            fold.step(InputRecord(.events, time: 1, value: hostile.value))
        }
        let documents = fold.written.filter { !$0.isPrediction }.map { letter in
            let members = letter.headers.sorted { $0.key < $1.key }.map { name, value in
                "\"\(name)\":\"\(value.replacing("\"", with: "\\\""))\""
            }
            return "{\(members.joined(separator: ","))}"
        }
        #expect(documents.count == Self.cases.count)
        guard let verdicts = SchemaValidator.verdicts("dead-letter.schema.json", documents) else {
            return
        }
        #expect(verdicts == documents.map { _ in "good" })
    }

    /// A key longer than a broker would take back ends no stream.
    @Test(arguments: [RecordOrigin.Stream.events, .labels]) func aHugeKeyIsCut(
        _ stream: RecordOrigin.Stream
    ) throws {
        let settings = try PaymentProject().settings()
        var fold = try Fold(settings)
        let key = String(repeating: "k", count: 1 << 20)
        let letters = fold.step(
            InputRecord(stream, time: 1, key: key, stream == .events ? "{}" : "["))
        #expect(letters.count == 1 && letters[0].key?.count == settings.keyBytesMax)
        var record = Self.good
        record.key = key
        #expect(fold.step(record).map(\.reason) == ["too_large"])
        record.key = String(key.prefix(settings.keyBytesMax))
        #expect(fold.step(record).map(\.isPrediction) == [true])
    }

    @Test func labelsAreTurnedAwayToo() throws {
        var fold = try Fold(try PaymentProject().settings(), InputRecord.numbered([Self.good]))
        let bad = [
            (#"{"id":"good"}"#, "missing_field"), (#"{"id":"good","fraud":2}"#, "out_of_range"),
            (#"{"id":"good","fraud":-1}"#, "out_of_range"), (#"{"id":7,"fraud":1}"#, "wrong_type"),
            ("x", "malformed_json"),
        ]
        for (text, reason) in bad {
            let letters = fold.step(InputRecord(.labels, partition: 2, time: 1, text))
            #expect(letters.map(\.reason) == [reason])
            #expect(letters.first?.headers["espalier-position"] == "labels/2/0")
        }
        #expect(fold.pipeline.counts.labels == 0)
        fold.step(.label("good", time: 2))
        #expect(fold.pipeline.status.labels.joined == 1)
    }

    /// Whatever comes, each event gives one message, and good ones among it their prediction.
    @Test(arguments: 0..<4) func fuzzedBytesEndNothing(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed)
        var fold = try Fold(try PaymentProject().settings(), InputRecord.numbered([Self.good]))
        var good = 1
        for round in 0..<3_000 {
            let sound = InputRecord.payment("p\(round)", time: 1_700_000_000_000 + Int64(round))
            let (record, isSound) = Self.spoil(sound, &generator)
            let written = fold.step(record)
            if isSound { good += 1 }
            #expect(record.stream == .labels ? written.count <= 1 : written.count == 1)
            if isSound { #expect(written.first?.isPrediction == true, "\(round)") }
        }
        #expect(fold.predictions.count >= good && fold.pipeline.counts.rejected > 1_000)
    }

    /// Random bytes, a payment with some bytes changed, a piece of one, or a payment as it was.
    static func spoil(
        _ record: InputRecord, _ generator: inout SeededGenerator
    ) -> (InputRecord, isSound: Bool) {
        var record = record
        var value = record.value ?? []
        switch Int.random(in: 0..<5, using: &generator) {
        case 0:
            value = (0..<Int.random(in: 0..<300, using: &generator)).map { _ in
                UInt8.random(in: 0...255, using: &generator)
            }
        case 1:
            value = Array(value.prefix(Int.random(in: 0..<value.count, using: &generator)))
        case 2:
            record.stream = .labels
            value[Int.random(in: 0..<value.count, using: &generator)] ^= 0x20
        case 3:
            // Digits of the time are spared: an event from far ahead makes all others late.
            let id = 7 + Int.random(in: 0..<2, using: &generator)
            value[id] = UInt8.random(in: 0...255, using: &generator)
        default: return (record, true)
        }
        record.value = value
        return (record, false)
    }
}
