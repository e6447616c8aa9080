import Events
import Testing

@Suite struct DecodeErrorTests {
    @Test func codesAreStableSnakeCase() {
        #expect(
            DecodeError.Reason.allCases.map(\.rawValue) == [
                "malformed_json", "malformed_csv", "column_count", "invalid_utf8", "wrong_type",
                "out_of_range",
                "duplicate_field", "missing_field", "malformed_time", "too_large", "too_deep",
            ])
    }

    @Test(arguments: [
        (
            #"{"id":"a","count":"1"}"#,
            "count: wrong_type at byte 18: found a string; expected an integer of 64 bits"
        ),
        (
            #"{"id":"a","count":true}"#,
            "count: wrong_type at byte 18: found a bool; expected an integer of 64 bits"
        ),
        (#"{"id":{}}"#, "id: wrong_type at byte 6: found an object; expected a string"),
        ("[]", "wrong_type at byte 0: found an array; expected an object"),
        ("{", "malformed_json at byte 1: found the end; expected one JSON object"),
        ("{}", "id: missing_field: expected a value"),
        (
            #"{"id":"a","id":"b"}"#,
            "id: duplicate_field at byte 10: found its key again; expected each declared field once"
        ),
        (
            #"{"id":"a","count":1e99}"#,
            "count: out_of_range at byte 18: found a number; expected a value in range"
        ),
        (#"{"id":"\ud800"}"#, "id: invalid_utf8 at byte 7: found a backslash; expected UTF-8"),
    ])
    func wordsNameFieldPlaceAndFinding(message: String, text: String) throws {
        let bytes = Array(message.utf8)
        guard case .error(let error) = try EventDecoder(json: Sample.schema).outcome(bytes) else {
            Issue.record("\(message) is accepted")
            return
        }
        #expect(error.text(for: Sample.schema, message: unsafe bytes.span.bytes) == text)
    }

    @Test func sizesAreNamed() {
        let error = DecodeError(.tooLarge)
        let text = error.text(for: Sample.schema, message: unsafe Array("12345".utf8).span.bytes)
        #expect(text == "too_large: found 5 bytes; expected a size within the limits")
    }
}
