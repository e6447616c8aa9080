import Events
import Testing

@Suite struct JSONDecoderTests {
    func outcome(
        _ text: String, limits: DecodeLimits = DecodeLimits()
    ) throws -> Decoded {
        try EventDecoder(json: Sample.schema, limits: limits).outcome(text)
    }

    @Test func everyTypeFindsItsSlot() throws {
        let text = """
            {"id":"a","count":-7,"card":{"amount":57.16,"holder":{"country":"DE"},"present":true}}
            """
        #expect(
            try outcome(text)
                == .cells([.text("a"), .integer(-7), .double(57.16), .text("DE"), .integer(1)]))
    }

    @Test func orderAndSpaceAndUndeclaredPartsDoNotMatter() throws {
        let text = """
             \t\r\n{ "x" : [ 1 , { "id" : 5 } , [ ] , null ] , "card" : { "present" : false ,"z":{},
            "holder" : { "country" : "F\\u0052" , "x" : "\\"" } , "amount" : 1e2 } , "id":"b"  }\n
            """
        #expect(
            try outcome(text)
                == .cells([.text("b"), .absent, .double(100), .text("FR"), .integer(0)]))
    }

    @Test func nullAbsentAndPresentDiffer() throws {
        #expect(
            try outcome(#"{"id":"a","card":null}"#)
                == .cells([.text("a"), .absent, .absent, .absent, .absent]))
        #expect(
            try outcome(#"{"id":"","count":null,"card":{"amount":null,"holder":{}}}"#)
                == .cells([.text(""), .null, .null, .absent, .absent]))
    }

    @Test(arguments: [
        (#"{"id":"a","count":"1"}"#, 1, 18), (#"{"id":"a","count":1.5}"#, 1, 18),
        (#"{"id":"a","count":1e-1}"#, 1, 18), (#"{"id":"a","count":true}"#, 1, 18),
        (#"{"id":"a","count":[1]}"#, 1, 18), (#"{"id":"a","count":{}}"#, 1, 18),
        (#"{"id":7}"#, 0, 6), (#"{"id":"a","card":7}"#, 2, 17), (#"{"id":"a","card":[]}"#, 2, 17),
        (#"{"id":"a","card":{"holder":"x"}}"#, 3, 27), (#"{"id":"a","card":{"present":1}}"#, 4, 28),
        (#"{"id":"a","card":{"amount":"1"}}"#, 2, 27),
        (#"{"id":"a","card":{"amount":true}}"#, 2, 27),
    ])
    func wrongTypeNamesFieldAndByte(text: String, field: Int, byte: Int) throws {
        #expect(try outcome(text) == .error(DecodeError(.wrongType, field: field, at: .byte(byte))))
    }

    @Test(arguments: ["[]", "1", "\"a\"", "null", "true", "-1", " [{\"id\":\"a\"}]"])
    func aMessageThatIsNoObjectHasTheWrongType(text: String) throws {
        #expect(try outcome(text).reason == .wrongType)
    }

    @Test(arguments: [
        ("9223372036854775807", Int64.max), ("-9223372036854775808", .min), ("0", 0), ("-0", 0),
        ("12.0", 12), ("1.2e1", 12), ("1200e-2", 12), ("0.0", 0), ("0e99999999999", 0),
        ("0.000e-5", 0), ("922337203685477580.7e1", .max), ("1E+3", 1_000),
        ("1.00000000000000000000000000000000", 1),
        ("10000000000000000000000e-4", 1_000_000_000_000_000_000),
        ("0.00000000000000000000000012e26", 12), ("9223372036854775807.000", .max),
        ("-9.223372036854775808e18", .min), ("9007199254740993", 9_007_199_254_740_993),
    ])
    func integersAreExact(text: String, value: Int64) throws {
        let outcome = try outcome("{\"id\":\"a\",\"count\":\(text)}")
        #expect(outcome == .cells([.text("a"), .integer(value), .absent, .absent, .absent]))
    }

    @Test(arguments: [
        ("9223372036854775808", DecodeError.Reason.outOfRange),
        ("-9223372036854775809", .outOfRange),
        ("99999999999999999999", .outOfRange), ("1e19", .outOfRange),
        ("1e999999999999", .outOfRange),
        ("18446744073709551616", .outOfRange), ("92233720368547758070", .outOfRange),
        ("0.5", .wrongType), ("1e-999999999999", .wrongType),
        ("1.00000000000000000000000001", .wrongType),
        ("922337203685477580.75e1", .wrongType), ("+1", .malformedJSON), ("01", .malformedJSON),
        ("1.", .malformedJSON), (".5", .malformedJSON), ("-", .malformedJSON),
        ("1e", .malformedJSON),
        ("1e+", .malformedJSON), ("0x10", .malformedJSON), ("1 2", .malformedJSON),
        ("NaN", .malformedJSON),
        ("Infinity", .malformedJSON), ("-Infinity", .malformedJSON), ("1a", .malformedJSON),
        ("--1", .malformedJSON), ("1.e5", .malformedJSON), ("", .malformedJSON),
        ("nul", .malformedJSON),
    ])
    func whatIsNoIntegerIsNamed(text: String, reason: DecodeError.Reason) throws {
        let outcome = try outcome("{\"id\":\"a\",\"count\":\(text)}")
        #expect(outcome.reason == reason, "\(text)")
    }

    @Test(arguments: [
        ("-0", -0.0), ("-0.0", -0.0), ("1e308", 1e308), ("4.9e-324", Double.leastNonzeroMagnitude),
        ("1e-999", 0),
        ("-1e-400", -0.0), ("0.1", 0.1),
        ("123456789012345678901234567890", 123_456_789_012_345_677_877_719_597_056),
        ("1.7976931348623157e308", 1.7976931348623157e308),
        ("2.2250738585072011e-308", Double.leastNormalMagnitude.nextDown),
        ("9007199254740993", 9_007_199_254_740_992), ("0.000000000000000000000000000001", 1e-30),
        ("1e23", 1e23), ("8.5e22", 8.5e22), ("0e999999999", 0),
    ])
    func doublesAreTheNearest(text: String, value: Double) throws {
        let outcome = try outcome("{\"id\":\"a\",\"card\":{\"amount\":\(text)}}")
        #expect(outcome == .cells([.text("a"), .absent, .double(value), .absent, .absent]))
    }

    @Test(arguments: ["1e999", "-1e999", "1.7976931348623159e308", "1e99999999999999999999"])
    func doublesBeyondTheRangeAreRejected(text: String) throws {
        let outcome = try outcome("{\"id\":\"a\",\"card\":{\"amount\":\(text)}}")
        #expect(outcome == .error(DecodeError(.outOfRange, field: 2, at: .byte(27))))
        #expect(try self.outcome("{\"id\":\"a\",\"other\":\(text)}").isGood)
    }

    @Test func declaredKeysMayStandOnceOnly() throws {
        #expect(
            try outcome(#"{"id":"a","count":1,"count":1}"#)
                == .error(DecodeError(.duplicateField, field: 1, at: .byte(20))))
        #expect(try outcome(#"{"id":"a","count":null,"co\u0075nt":1}"#).reason == .duplicateField)
        #expect(try outcome(#"{"id":"a","card":{},"card":{}}"#).reason == .duplicateField)
        #expect(try outcome(#"{"id":"a","x":1,"x":2}"#).isGood)
        #expect(try outcome(#"{"id":"a","x":{"count":1},"count":2}"#).isGood)
    }

    @Test(arguments: [#"{"count":1}"#, #"{"id":null}"#, "{}"])
    func aMissingRequiredFieldIsNamed(text: String) throws {
        #expect(try outcome(text) == .error(DecodeError(.missingField, field: 0)))
    }

    @Test func limitsHoldAtTheirEdge() throws {
        var limits = DecodeLimits()
        limits.messageBytesMax = 32
        limits.stringBytesMax = 4
        limits.depthMax = 3
        let fits = #"{"id":"abcd","x":[[]]          }"#
        #expect(fits.utf8.count == 32)
        #expect(try outcome(fits, limits: limits).isGood)
        #expect(try outcome(fits + " ", limits: limits).reason == .tooLarge)
        #expect(
            try outcome(#"{"id":"abcde"}"#, limits: limits)
                == .error(DecodeError(.tooLarge, field: 0, at: .byte(6))))
        #expect(try outcome(#"{"id":"\u0061bcd"}"#, limits: limits).isGood)
        #expect(try outcome(#"{"id":"a","x":"abcde"}"#, limits: limits).isGood)
        #expect(
            try outcome(#"{"id":"a","x":[[[]]]}"#, limits: limits)
                == .error(DecodeError(.tooDeep, at: .byte(16))))
    }

    @Test(arguments: [
        "", " ", "{", "}", "{\"id\"", "{\"id\":", "{\"id\":\"a\"", "{\"id\":\"a\",}",
        "{\"id\":\"a\"}}",
        "{\"id\":\"a\"}{}", "{\"id\":\"a\"} x", "{\"id\":\"a\"},", "{,\"id\":\"a\"}",
        "{\"id\" \"a\"}",
        "{\"id\"::\"a\"}", "{id:\"a\"}", "{'id':'a'}", "{\"id\":\"a\" \"count\":1}",
        "{\"id\":\"a\\q\"}",
        "{\"id\":\"a\\u00g0\"}", "{\"id\":\"a\\u00\"}", "{\"id\":\"a\n\"}", "{\"id\":\"a\u{0}\"}",
        "{\"id\":\"a\",\"x\":[1,]}", "{\"id\":\"a\",\"x\":[,1]}", "{\"id\":\"a\",\"x\":[1 2]}",
        "{\"id\":\"a\",\"x\":[1}", "{\"id\":\"a\",\"x\":{]}", "{\"id\":\"a\",\"x\":tru}",
        "{\"id\":\"a\",\"x\":truee}", "{\"id\":\"a\",\"x\":nul}", "{\"id\":\"a\",\"x\":\"\\x\"}",
        "{\"id\":\"a\",\"\\x\":1}", "\u{FEFF}{\"id\":\"a\"}", "{\"id\":\"a\"}\u{0}", "\u{0}",
        "\u{c}{}",
        "{\"id\":\"a\",\"x\":1\"y\"}", "{\"id\":\"a\"b}", "{\"id\":\"a\"\"b\"}",
        "{\"id\":\"a\",\"x\":01}",
        "{\"id\":\"a\",\"x\":-}", "{\"id\":\"a\"\u{1A} \"x\":1}", "{\"id\":\"a\u{c}\"}", "{1:2}",
        "{\"id\":}",
    ])
    func malformedMessagesAreRejected(text: String) throws {
        #expect(try outcome(text).reason == .malformedJSON, "\(text)")
    }

    @Test func surrogatesComeInPairs() throws {
        #expect(
            try outcome(#"{"id":"\ud83D\uDE00\u00e9\u20ac\u0000\/\b\f\n\r\t\\"}"#)
                == .cells([
                    .text("😀é€\u{0}/\u{8}\u{c}\n\r\t\\"), .absent, .absent, .absent, .absent,
                ]))
        for half in [
            #"\ud83d"#, #"\ude00"#, #"\ud83dx"#, #"\ud83d\n"#, #"\ud83d\ud83d"#, #"\ude00\ud83d"#,
        ] {
            #expect(try outcome("{\"id\":\"\(half)\"}").reason == .invalidUTF8, "\(half)")
            #expect(
                try outcome("{\"id\":\"a\",\"x\":\"\(half)\"}").reason == .invalidUTF8, "\(half)")
            #expect(try outcome("{\"id\":\"a\",\"\(half)\":1}").reason == .invalidUTF8, "\(half)")
        }
    }

    @Test(
        arguments: [
            [0x80], [0xC0, 0x80], [0xC3], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xFF],
            [0xE0, 0x80, 0x80],
        ] as [[UInt8]])
    func bytesThatAreNotUTF8AreRejected(bytes: [UInt8]) throws {
        let decoder = try EventDecoder(json: Sample.schema)
        for text in [#"{"id":"#, #"{"id":"a","x":"#] {
            let message = Array("\(text)\"".utf8) + bytes + Array("\"}".utf8)
            #expect(decoder.outcome(message).reason == .invalidUTF8)
        }
    }

    @Test func keysOfEveryLengthAreFound() throws {
        let names =
            (0...40).map { String(repeating: "k", count: $0) }
            + (0..<60).map { "field_number_\($0)" }
        let fields = names.map { FieldSchema(name: $0, path: [$0], type: .int64) }
        let decoder = try EventDecoder(json: EventSchema(fields: fields, id: 0, time: nil))
        for order in [Array(names.indices), names.indices.reversed()] {
            let members = order.map { "\"\(names[$0])\":\($0)" }.joined(separator: ",")
            #expect(
                decoder.outcome("{\(members)}") == .cells(names.indices.map { .integer(Int64($0)) })
            )
        }
        #expect(
            decoder.outcome(
                "{\"\":0,\"field_number_99\":\"x\",\"\(String(repeating: "k", count: 41))\":[]}"
            ).isGood)
    }

    @Test func schemasThatMeanNothingAreRefused() {
        func field(_ path: String..., type: FieldType = .int64) -> FieldSchema {
            FieldSchema(name: path.joined(separator: "."), path: path, type: type)
        }
        func error(_ fields: [FieldSchema], id: Int = 0, time: Int? = nil, unit: TimeUnit = .ms)
            -> SchemaError?
        {
            let schema = EventSchema(fields: fields, id: id, time: time, timeUnit: unit)
            do throws(SchemaError) {
                _ = try JSONEventDecoder(schema: schema)
                return nil
            } catch { return error }
        }
        #expect(error([field("a")]) == nil)
        #expect(error([field("a"), field("a")]) == .pathConflict(field: 1))
        #expect(error([field("a"), field("a", "b")]) == .pathConflict(field: 1))
        #expect(error([field("a", "b"), field("a")]) == .pathConflict(field: 1))
        #expect(
            error([field("a"), FieldSchema(name: "b", path: [], type: .int64)])
                == .emptyPath(field: 1))
        #expect(error([field("a")], id: 1) == .noSuchField(slot: 1))
        #expect(error([field("a", type: .double)]) == .wrongType(field: 0, found: .double))
        #expect(
            error([field("a"), field("b", type: .double)], time: 1)
                == .wrongType(field: 1, found: .double))
        #expect(
            error([field("a"), field("b")], time: 1, unit: .rfc3339)
                == .wrongType(field: 1, found: .int64))
    }
}
