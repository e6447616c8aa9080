import Bytes
import Testing

@Suite struct ByteWriterTests {
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
