import Bytes
import Events
import Testing

@Suite struct EventIDTests {
    func identity(_ text: String, type: FieldType) throws -> (key: UInt64, json: String) {
        let schema = EventSchema(
            fields: [FieldSchema(name: "id", path: ["id"], type: type)], id: 0, time: nil)
        let decoder = try EventDecoder(json: schema)
        var row = EventRow(slots: 1)
        try decoder.decode(unsafe Array("{\"id\":\(text)}".utf8).span.bytes, into: &row)
        var writer = ByteWriter()
        decoder.id.append(of: row, to: &writer)
        return (decoder.id.key(of: row), String(decoding: writer.copy(), as: UTF8.self))
    }

    @Test func keysAreThoseOfTheHash() throws {
        #expect(try identity("17", type: .int64).key == StableHash.mix(17))
        #expect(try identity("-1", type: .int64).key == StableHash.mix(.max))
        #expect(try identity("\"a\\u00e9\"", type: .string).key == StableHash.of("aé"))
    }

    /// Published test vectors: XXH3-64 of nothing with seed 0 (xxHash's sanity test).
    @Test func keysDoNotChange() throws {
        #expect(try identity("\"\"", type: .string).key == 0x2D06_8005_38D3_94C2)
        #expect(try identity("0", type: .int64).key == 0)
        #expect(try identity("1", type: .int64).key == 0xB456_BCFC_34C2_CB2C)
    }

    @Test func idsAreWrittenBack() throws {
        #expect(try identity("-9223372036854775808", type: .int64).json == "-9223372036854775808")
        #expect(try identity(#""a\"\\\n\u0001é""#, type: .string).json == #""a\"\\\n\u0001é""#)
    }
}
