import Events
import TestSupport
import Testing

/// A decoder that has learned the layout of the messages before reads like one that has read none.
@Suite struct LayoutTests {
    /// What stands between the scalars of messages that look alike.
    struct Form {
        private let gaps: [String]
        private let isProper: Bool

        private static let skeletons = [
            #"{"id":§,"card":{"amount":§,"holder":{"country":§},"y":[§,§]},"count":§}"#,
            #"{"count":§,"id":§,"card":{"present":§,"amount":§}}"# + "\n",
            #" { "x" : § ,"extra":{"deep":[{"a":§}]}, "count":§, "id" :§ } "#,
            #"{"id":§,"card":{"holder":{"country":§,"other":§},"present":§}}"#,
        ]

        init(_ random: inout RandomJSON) {
            gaps = random.pick(Self.skeletons).split(separator: "§").map(String.init)
            isProper = random.pick([true, true, false])
        }

        func message(_ random: inout RandomJSON) -> String {
            let odd = [
                "null", "true", "false", "-0", "12.0", "1e3", "0.1", "-0.0", "1.", "01", "-", "tru",
                "nul", "\"", "\"a\\", "[]", "{}", "", "123456789012345678", "9223372036854775808",
                "99999999999999999999", "0.00000001", "4503599627370497.5", "900719925474099.3",
                "12345678.1234567", "\"\\u00e9\"", "\"é\"", "\"12345678\"", "1 ", " 1", "1,2",
            ]
            return gaps.dropLast().reduce(into: "") { text, gap in
                let isOdd = !isProper || Int.random(in: 0..<8, using: &random.random) == 0
                text += gap
                text +=
                    isOdd
                    ? random.pick(odd + [random.string(), random.number()]) : fitting(text)
            } + gaps[gaps.count - 1]

            func fitting(_ before: String) -> String {
                if before.hasSuffix("\"id\":") || before.hasSuffix("\"country\":") {
                    return "\"\(Int.random(in: 0..<1_000_000_000, using: &random.random))\""
                }
                if before.hasSuffix("\"present\":") { return random.pick(["true", "false"]) }
                return "\(Int.random(in: -10_000_000_000...10_000_000_000, using: &random.random))"
            }
        }
    }

    @Test(arguments: UInt64(0)..<40) func messagesReadAsIfTheyWereTheFirst(seed: UInt64) throws {
        var random = RandomJSON(seed)
        let decoder = try EventDecoder(json: Sample.schema)
        var forms = [Form(&random)]
        for turn in 0..<400 {
            if turn.isMultiple(of: 10) { forms = (0..<(turn % 4 + 1)).map { _ in Form(&random) } }
            let text = random.pick(forms).message(&random)
            let message = turn % 5 == 4 ? random.damage(text) : Array(text.utf8)
            let first = try EventDecoder(json: Sample.schema)
            #expect(
                decoder.outcome(message) == first.outcome(message),
                "\(String(decoding: message, as: UTF8.self))")
        }
    }

    /// A field that is missing from one message does not stand there from the one before.
    @Test func valuesOfTheMessageBeforeAreGone() throws {
        let decoder = try EventDecoder(json: Sample.schema)
        let whole = #"{"id":"a","count":5,"card":{"amount":2.5}}"#
        for _ in 0..<3 {
            #expect(
                decoder.outcome(whole)
                    == .cells([.text("a"), .integer(5), .double(2.5), .absent, .absent]))
        }
        #expect(
            decoder.outcome(#"{"id":"b"}"#)
                == .cells([.text("b"), .absent, .absent, .absent, .absent]))
        #expect(
            decoder.outcome(#"{"id":"c","count":null,"card":{"amount":-0}}"#)
                == .cells([.text("c"), .null, .double(-0.0), .absent, .absent]))
    }

    /// However long messages differ, those that come after look alike again are read all the same.
    @Test func formsThatNeverRepeatDoNoHarm() throws {
        let decoder = try EventDecoder(json: Sample.schema)
        for turn in 0..<10_000 {
            let message = "{\"id\":\"\(turn)\",\"x\(turn % 1_000)\":1}"
            #expect(
                decoder.outcome(message)
                    == .cells([.text("\(turn)"), .absent, .absent, .absent, .absent]))
        }
    }
}
