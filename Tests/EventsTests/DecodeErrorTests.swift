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
            DecodeError(.wrongType, field: 1, at: .byte(17)),
            "count: wrong_type at byte 17: expected an integer of 64 bits"
        ),
        (DecodeError(.wrongType, at: .byte(0)), "wrong_type at byte 0: expected an object"),
        (DecodeError(.missingField, field: 0), "id: missing_field: expected a value"),
        (
            DecodeError(.columnCount, at: .cell(line: 3, column: 5)),
            "column_count at line 3, column 5: expected as many columns as the header"
        ),
        (DecodeError(.wrongType, field: 99), "?: wrong_type: expected an object"),
    ])
    func wordsNameFieldAndPlace(error: DecodeError, text: String) {
        #expect(error.text(for: Sample.schema) == text)
    }
}
