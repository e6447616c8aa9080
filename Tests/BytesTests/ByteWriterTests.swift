import Bytes
import Testing

@Suite struct ByteWriterTests {
    /// The test vectors of RFC 4648, section 10.
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
        ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"), ("~~~???", "fn5+Pz8/"),
    ])
    func base64IsTheStandards(text: String, expected: String) {
        var writer = ByteWriter()
        let bytes = Array(text.utf8)
        unsafe writer.append(base64: bytes.span.bytes)
        #expect(writer.copy() == Array(expected.utf8))
    }

    @Test func removeAllEmpties() {
        var writer = ByteWriter()
        for round in 0..<3 {
            writer.append("round ")
            writer.append(decimal: Int64(round))
            #expect(String(decoding: writer.copy(), as: UTF8.self) == "round \(round)")
            writer.removeAll()
            #expect(writer.count == 0 && writer.bytes.isEmpty)
        }
    }
}
