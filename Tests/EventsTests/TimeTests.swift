import Bytes
import Events
import Foundation
import TestSupport
import Testing

@Suite struct TimeTests {
    func time(
        _ value: String, _ unit: TimeUnit, timestamp: Int64 = 0
    ) throws -> Result<Int64, DecodeError> {
        let schema = EventSchema(
            fields: [
                FieldSchema(name: "id", path: ["id"], type: .int64),
                FieldSchema(name: "t", path: ["t"], type: unit == .rfc3339 ? .string : .int64),
            ], id: 0, time: 1, timeUnit: unit)
        let decoder = try EventDecoder(json: schema)
        var row = EventRow(slots: 2)
        let bytes = Array("{\"id\":1,\"t\":\(value)}".utf8)
        return Result { () throws(DecodeError) -> Int64 in
            try decoder.decode(unsafe bytes.span.bytes, into: &row)
            return try decoder.decodeTime(from: row, recordTimestamp: timestamp)
        }
    }

    @Test func unitsBecomeMilliseconds() throws {
        #expect(try time("1522540831", .s) == .success(1_522_540_831_000))
        #expect(try time("1522540831250", .ms) == .success(1_522_540_831_250))
        #expect(try time("1522540831250999", .us) == .success(1_522_540_831_250))
        #expect(try time("1522540831250999999", .ns) == .success(1_522_540_831_250))
    }

    @Test(arguments: [
        (TimeUnit.s, "4102444800", "4102444801"), (.ms, "4102444800000", "4102444800001"),
        (.us, "4102444800000999", "4102444800001000"),
        (.ns, "4102444800000999999", "4102444800001000000"),
    ])
    func bothEndsOfTheRangeHold(unit: TimeUnit, last: String, beyond: String) throws {
        let outOfRange = Result<Int64, DecodeError>.failure(DecodeError(.outOfRange, field: 1))
        #expect(try time("0", unit) == .success(0))
        #expect(try time("-1", unit) == outOfRange)
        #expect(try time(last, unit) == .success(4_102_444_800_000))
        #expect(try time(beyond, unit) == outOfRange)
        #expect(try time("9223372036854775807", unit) == outOfRange)
        #expect(try time("-9223372036854775808", unit) == outOfRange)
    }

    @Test func theEndsInWords() throws {
        #expect(EventTime.limits == 0...4_102_444_800_000)
        #expect(try time("\"1970-01-01T00:00:00Z\"", .rfc3339) == .success(0))
        #expect(try time("\"2100-01-01T00:00:00Z\"", .rfc3339) == .success(4_102_444_800_000))
        for outside in [
            "1969-12-31T23:59:59.999Z", "2100-01-01T00:00:00.001Z", "9999-12-31T23:59:59Z",
            "0000-01-01T00:00:00Z", "1970-01-01T00:00:00+00:01",
        ] {
            #expect(
                try time("\"\(outside)\"", .rfc3339)
                    == .failure(DecodeError(.outOfRange, field: 1)),
                "\(outside)")
        }
    }

    @Test func theRecordsTimestampStandsIn() throws {
        let schema = EventSchema(
            fields: [FieldSchema(name: "id", path: ["id"], type: .int64)], id: 0, time: nil)
        let time = EventTime(schema: schema)
        let row = EventRow(slots: 1)
        #expect(try time.millis(of: row, recordTimestamp: 5) == 5)
        for outside in [-1, 4_102_444_800_001, Int64.max] {
            #expect(throws: DecodeError(.outOfRange)) {
                try time.millis(of: row, recordTimestamp: outside)
            }
        }
    }

    @Test func aMissingTimeIsMissing() throws {
        #expect(
            try time("null", .ms, timestamp: 9) == .failure(DecodeError(.missingField, field: 1)))
    }

    @Test(arguments: [
        "2018-04-01T00:00:31Z", "2018-04-01t00:00:31z", "2018-04-01 00:00:31Z",
        "2018-04-01T00:00:31.0Z",
        "2018-04-01T00:00:31.000999999999Z", "2018-04-01T02:00:31+02:00",
        "2018-03-31T18:30:31-05:30",
        "2018-04-01T00:00:31-00:00",
    ])
    func formsOfOneTime(text: String) throws {
        #expect(try time("\"\(text)\"", .rfc3339) == .success(1_522_540_831_000))
    }

    @Test(arguments: [
        "", "2018-04-01", "2018-04-01T00:00:31", "2018-04-01T00:00Z", "2018-04-01T00:00:60Z",
        "2018-04-01T24:00:00Z",
        "2018-04-01T00:60:00Z", "2018-13-01T00:00:00Z", "2018-00-01T00:00:00Z",
        "2018-04-31T00:00:00Z",
        "2019-02-29T00:00:00Z", "2100-02-29T00:00:00Z", "2018-04-00T00:00:00Z",
        "2018-04-01T00:00:31.Z",
        "2018-04-01T00:00:31,5Z", "2018-04-01T00:00:31+0200", "2018-04-01T00:00:31+24:00",
        "2018-04-01T00:00:31+02:60",
        "2018-04-01T00:00:31Zx", "2018-04-01T00:00:31+02:00x", "2018-04-01T00:00:31.5",
        "18-04-01T00:00:31Z   ",
        "2018/04/01T00:00:31Z", "2018-04-01X00:00:31Z", "+018-04-01T00:00:31Z",
        "2018-04-01T00.00.31Z",
        "2018-04-01T00:00:31.00000000000000000000000000000000000000000000000000Z",
        "２018-04-01T00:00:31Z",
    ])
    func whatIsNoTimeIsRejected(text: String) throws {
        #expect(
            try time("\"\(text)\"", .rfc3339) == .failure(DecodeError(.malformedTime, field: 1)))
    }

    @Test func randomTimesAgreeWithFoundation() throws {
        var random = SeededGenerator(3)
        for _ in 0..<1_000 {
            let millis = Int64.random(in: EventTime.limits, using: &random)
            let offset = Int.random(in: -14 * 60...14 * 60, using: &random) * 60
            let zone = try #require(TimeZone(secondsFromGMT: offset))
            let style = Date.ISO8601FormatStyle(
                timeZoneSeparator: .colon, includingFractionalSeconds: true, timeZone: zone)
            let text = Date(timeIntervalSince1970: Double(millis) / 1_000).formatted(style)
            let read = try style.parse(text).timeIntervalSince1970
            #expect(
                try time("\"\(text)\"", .rfc3339) == .success(Int64((read * 1_000).rounded())),
                "\(text)")
        }
    }

    @Test func everyDayOfTheRangeAgreesWithFoundation() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(secondsFromGMT: 0))
        for day in stride(from: 0, through: 47_482, by: 1) where day % 7 == 0 || day % 365 < 3 {
            let parts = calendar.dateComponents(
                [.year, .month, .day], from: Date(timeIntervalSince1970: Double(day) * 86_400))
            let text = String(
                format: "%04d-%02d-%02dT00:00:00Z", parts.year!, parts.month!, parts.day!)
            #expect(
                try time("\"\(text)\"", .rfc3339) == .success(Int64(day) * 86_400_000), "\(text)")
        }
    }
}
