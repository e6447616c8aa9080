import Bytes
import Events
import TestSupport
import Testing

@Suite struct CSVDecoderTests {
    static let schema = EventSchema(
        fields: [
            FieldSchema(name: "id", path: ["id"], type: .int64),
            FieldSchema(name: "amount", path: ["card", "amount"], type: .double),
            FieldSchema(name: "name", path: ["name"], type: .string),
            FieldSchema(name: "ok", path: ["ok"], type: .bool),
        ], id: 0, time: nil)

    func decoder(_ header: String = "id,card.amount,name,ok") throws -> EventDecoder {
        try EventDecoder(csv: Self.schema, header: unsafe Array(header.utf8).span.bytes)
    }

    @Test func everyTypeFindsItsSlot() throws {
        #expect(
            try decoder().outcome("-5,57.16,Blumen,true")
                == .cells([.integer(-5), .double(57.16), .text("Blumen"), .integer(1)]))
        #expect(
            try decoder("x,ok,\"name\",id").outcome("7,False,\"a \"\"b\"\",\nc\"\"\",12.0")
                == .cells([.integer(12), .absent, .text("a \"b\",\nc\""), .integer(0)]))
    }

    @Test func emptyFieldsAreNull() throws {
        #expect(try decoder().outcome("1,,,") == .cells([.integer(1), .null, .null, .null]))
        #expect(
            try decoder().outcome("1,\"\",\"\",\"\"")
                == .cells([.integer(1), .null, .text(""), .null]))
        #expect(
            try decoder().outcome(",1,a,1", line: 9)
                == .error(DecodeError(.missingField, field: 0, at: .cell(line: 9, column: 1))))
    }

    @Test(
        arguments: [
            ("1,2,a", DecodeError.Reason.columnCount, nil, 4), ("1", .columnCount, nil, 2),
            ("1,2,a,1,", .columnCount, nil, 5), ("1,2,a,1,x,y", .columnCount, nil, 5),
            ("1.5,2,a,1", .wrongType, 0, 1), ("x,2,a,1", .wrongType, 0, 1),
            (" 1,2,a,1", .wrongType, 0, 1),
            ("9223372036854775808,2,a,1", .outOfRange, 0, 1), ("1,1e999,a,1", .outOfRange, 1, 2),
            ("1,nan,a,1", .outOfRange, 1, 2), ("1,-inf,a,1", .outOfRange, 1, 2),
            ("1,0x10,a,1", .wrongType, 1, 2),
            ("1,2,a,yes", .wrongType, 3, 4), ("1,2,a\"b,1", .malformedCSV, 2, 3),
            ("1,2,\"a\"b,1", .malformedCSV, 2, 3),
            ("1,2,\"ab,1", .malformedCSV, 2, 3), ("1,2,\"a\"\"", .malformedCSV, 2, 3),
        ] as [(String, DecodeError.Reason, Int?, Int)])
    func errorsNameLineAndColumn(
        text: String, reason: DecodeError.Reason, field: Int?, column: Int
    ) throws {
        #expect(
            try decoder().outcome(text, line: 3)
                == .error(DecodeError(reason, field: field, at: .cell(line: 3, column: column))))
    }

    @Test func bytesThatAreNotUTF8AreRejected() throws {
        let message = Array("1,2,a".utf8) + [0xC3] + Array(",1".utf8)
        #expect(
            try decoder().outcome(message)
                == .error(DecodeError(.invalidUTF8, field: 2, at: .cell(line: 1, column: 3))))
    }

    @Test func headersThatDoNotFitAreRefused() {
        func error(_ header: String) -> SchemaError? {
            do throws(SchemaError) {
                _ = try CSVEventDecoder(
                    schema: Self.schema, header: unsafe Array(header.utf8).span.bytes)
                return nil
            } catch { return error }
        }
        #expect(error("id") == nil)
        #expect(error("card.amount,name") == .missingColumn(field: 0))
        #expect(error("id,name,name") == .malformedHeader(column: 3))
        #expect(error("id,x,x") == nil)
        #expect(error("id,na\"me") == .malformedHeader(column: 2))
        #expect(error("") == .missingColumn(field: 0))
    }

    @Test(arguments: ["007", "-00", "01.5", ".5", "-.5", "1.", "1.e5", "1e", "-", "+1"])
    func whatIsNoNumberInJSONIsNoneHere(text: String) throws {
        let json = try EventDecoder(json: Self.schema)
        for (id, amount, field) in [(text, "1", 0), ("1", text, 1)] {
            let event =
                "{\"id\":\(id),\"card\":{\"amount\":\(amount)},\"name\":\"a\",\"ok\":true}"
            #expect(!json.outcome(event).isGood, "\(event)")
            #expect(
                try decoder().outcome("\(id),\(amount),a,1")
                    == .error(
                        DecodeError(
                            .wrongType, field: field, at: .cell(line: 1, column: field + 1))))
        }
    }

    @Test func numbersMeanWhatTheyMeanInJSON() throws {
        var random = RandomJSON(4)
        let json = try EventDecoder(json: Self.schema)
        let csv = try decoder()
        for _ in 0..<3_000 {
            let (id, amount) = (random.number(), random.number())
            let text = "{\"id\":\(id),\"card\":{\"amount\":\(amount)},\"name\":\"a\",\"ok\":true}"
            let (a, b) = (json.outcome(text), csv.outcome("\(id),\(amount),a,1"))
            #expect(a.isGood ? a == b : a.reason == b.reason, "\(id), \(amount): \(a), \(b)")
        }
    }
}
