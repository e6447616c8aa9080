import Bytes
import CAllocationCounter
import Events
import TestSupport
import Testing

@Suite(.enabled(if: isOptimized, "an unoptimized build allocates by itself"))
struct AllocationTests {
    /// Allocations of a thousand repetitions after a first one.
    func allocations(_ body: () throws -> Void) rethrows -> UInt64 {
        try body()
        let before = allocation_count()
        for _ in 0..<1_000 { try body() }
        return allocation_count() - before
    }

    @Test func theCounterCounts() {
        var kept: [[Int]] = []
        kept.reserveCapacity(1_001)
        #expect(allocations { kept.append([kept.count]) } >= 1_000)
    }

    @Test func decodingJSONAllocatesNothing() throws {
        let decoder = try EventDecoder(json: Sample.schema)
        let texts = [
            #"{"id":"some longer identifier \n of an event","count":-7,"x":[{"y":"\""}],"#
                + #""card":{"amount":57.16,"holder":{"country":"DE"},"present":true}}"#,
            #"{"id":"a","card":{"amount":1.7976931348623157e308},"count":12.0}"#,
        ].map { Array($0.utf8) }
        var row = EventRow(slots: 8)
        let count = try allocations {
            for text in texts { try decoder.decode(unsafe text.span.bytes, into: &row) }
        }
        #expect(count == 0)
    }

    @Test func rejectingAllocatesNothing() throws {
        let decoder = try EventDecoder(json: Sample.schema)
        let texts = [
            "{\"id\":5}", "{", "{}", "{\"id\":\"\\ud800\"}", "{\"id\":\"a\",\"count\":1e99}",
        ].map {
            Array($0.utf8)
        }
        var row = EventRow(slots: 8)
        var rejected = 0
        let count = allocations {
            for text in texts {
                do throws(DecodeError) {
                    try decoder.decode(unsafe text.span.bytes, into: &row)
                } catch {
                    rejected += 1
                }
            }
        }
        // The test library takes note of every error thrown, which allocates.
        let bare = allocations {
            for _ in texts {
                do throws(DecodeError) { try throwOnly() } catch { rejected += 1 }
            }
        }
        #expect(count == bare)
        #expect(rejected == 2_002 * texts.count)
    }

    @inline(never) func throwOnly() throws(DecodeError) { throw DecodeError(.tooLarge) }

    @Test func decodingCSVAllocatesNothing() throws {
        let decoder = try EventDecoder(
            csv: CSVDecoderTests.schema,
            header: unsafe Array("id,card.amount,name,ok".utf8).span.bytes)
        let record = Array("12,57.16,\"some \"\"longer\"\" name of a merchant\",true".utf8)
        var row = EventRow(slots: 4)
        let count = try allocations { try decoder.decode(unsafe record.span.bytes, into: &row) }
        #expect(count == 0)
    }

    @Test func timesAndKeysAllocateNothing() throws {
        let schema = EventSchema(
            fields: [
                FieldSchema(name: "id", path: ["id"], type: .string),
                FieldSchema(name: "t", path: ["t"], type: .string),
            ], id: 0, time: 1, timeUnit: .rfc3339)
        let decoder = try EventDecoder(json: schema)
        var row = EventRow(slots: 2)
        let text = Array(#"{"id":"abc","t":"2018-04-01T02:00:31.25+02:00"}"#.utf8)
        try decoder.decode(unsafe text.span.bytes, into: &row)
        var sum: UInt64 = 0
        let count = try allocations {
            sum &+= UInt64(try decoder.decodeTime(from: row, recordTimestamp: 0))
            sum &+= decoder.id.key(of: row)
        }
        #expect(count == 0 && sum != 0)
    }

    @Test func writingPredictionsAllocatesNothing() throws {
        let fixture = try PredictionFixture()
        var writer = ByteWriter(reservingCapacity: 4_096)
        let count = allocations {
            writer.removeAll()
            fixture.append(withFeatures: true, to: &writer)
        }
        #expect(count == 0)
    }
}
