import Bytes
import Testing

@Suite struct CellTests {
    @Test(arguments: [
        ("plain", "plain"), ("", ""), ("a,b", "\"a,b\""), ("say \"x\"", "\"say \"\"x\"\"\""),
        ("two\nlines", "\"two\nlines\""), ("é\r", "\"é\r\""),
    ])
    func aCellIsQuotedWhereItNeedsIt(text: String, expected: String) {
        var writer = ByteWriter()
        writer.append(cell: text)
        let bytes = writer.copy()
        #expect(String(decoding: bytes, as: UTF8.self) == expected)
    }
}
