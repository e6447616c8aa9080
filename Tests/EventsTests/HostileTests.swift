import Bytes
import Events
import TestSupport
import Testing

/// Messages made to break a decoder end in an error or a value, soon.
@Suite struct HostileTests {
    @Test func deepNestingStopsAtTheLimit() throws {
        let decoder = try EventDecoder(json: Sample.schema)
        for open in ["[", "{\"a\":", "[[{\"x\":"] {
            let deep = "{\"id\":\"a\",\"x\":" + String(repeating: open, count: 100_000)
            #expect(decoder.outcome(deep).reason == .tooDeep)
        }
        #expect(decoder.outcome(String(repeating: "[", count: 100_000)).reason == .wrongType)
        #expect(decoder.outcome(String(repeating: "{\"card\":", count: 100_000)).reason == .tooDeep)
    }

    @Test func tenMegabytesAreTooLarge() throws {
        let message = "{\"id\":\"" + String(repeating: "x", count: 10 << 20) + "\"}"
        #expect(
            try EventDecoder(json: Sample.schema).outcome(message) == .error(DecodeError(.tooLarge))
        )
        let csv = try EventDecoder(
            csv: Payment.schema, header: unsafe Array(Payment.csvHeader.utf8).span.bytes)
        #expect(csv.outcome(message).reason == .tooLarge)
    }

    @Test func largeMessagesWithinTheLimitAreRead() throws {
        var limits = DecodeLimits()
        limits.messageBytesMax = 16 << 20
        limits.stringBytesMax = 16 << 20
        let decoder = try EventDecoder(json: Sample.schema, limits: limits)
        let name = String(repeating: "x\\n", count: 3 << 20)
        let expected = String(repeating: "x\n", count: 3 << 20)
        #expect(
            decoder.outcome("{\"id\":\"\(name)\"}")
                == .cells([.text(expected), .absent, .absent, .absent, .absent]))
        let digits =
            "{\"id\":\"a\",\"card\":{\"amount\":0.\(String(repeating: "3", count: 1 << 20))}}"
        #expect(
            decoder.outcome(digits)
                == .cells([.text("a"), .absent, .double(1 / 3), .absent, .absent]))
        #expect(decoder.outcome("{\"id\":\"a\"\(String(repeating: " ", count: 1 << 20))}").isGood)
    }

    @Test(arguments: UInt64(0)..<20) func fuzzedBytesNeverStopTheDecoder(seed: UInt64) throws {
        var random = RandomJSON(seed)
        let json = try EventDecoder(json: Payment.schema)
        let csv = try EventDecoder(
            csv: Payment.schema, header: unsafe Array(Payment.csvHeader.utf8).span.bytes)
        for _ in 0..<500 {
            let length = Int.random(in: 0..<300, using: &random.random)
            let noise = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random.random) }
            #expect(!json.outcome(noise).isGood)
            _ = csv.outcome(noise)
            _ = json.outcome(random.damage(Payment.json))
            _ = csv.outcome(random.damage(Payment.csv))
        }
    }

    @Test func everyTruncationIsRejected() throws {
        let decoder = try EventDecoder(json: Payment.schema)
        let bytes = Array(Payment.json.utf8)
        for count in bytes.indices {
            #expect(
                decoder.outcome(Array(bytes[..<count])).reason == .malformedJSON, "\(count) bytes")
        }
        #expect(decoder.outcome(bytes).isGood)
    }

    @Test func anErrorLeavesNothingBehind() throws {
        let decoder = try EventDecoder(json: Sample.schema)
        let good = #"{"id":"a","card":{"amount":2}}"#
        let expected = decoder.outcome(good)
        for bad in [
            #"{"id":"b","count":5,"card":{"amount":[]}}"#, "{\"id\":\"a\",\"card\":{\"am", "\u{0}",
        ] {
            #expect(!decoder.outcome(bad).isGood)
            #expect(decoder.outcome(good) == expected)
        }
    }

    @Test func messagesOfEveryLengthAreReadWhole() throws {
        let decoder = try EventDecoder(json: Sample.schema)
        for length in 0..<300 {
            let id = String(repeating: "é", count: length)
            #expect(
                decoder.outcome("{\"id\":\"\(id)\"}")
                    == .cells([.text(id), .absent, .absent, .absent, .absent]))
        }
    }
}
