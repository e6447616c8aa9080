import Storage
import TestSupport
import Testing

@Suite struct FileReaderTests {
    /// Reads of any size give the file's bytes, and nothing of what an earlier read left behind.
    @Test(arguments: UInt64(0)..<8) func readsOfAnySizeGiveTheFile(seed: UInt64) throws {
        var random = SeededGenerator(seed)
        let folder = try TemporaryFolder()
        let bytes = (0..<20_000).map { _ in UInt8.random(in: 0...255, using: &random) }
        var reader = try FileReader(path: folder.write(bytes, "x"))
        var found: [UInt8] = []
        while true {
            let count = Int.random(in: 1...3_000, using: &random)
            let read = try reader.read(count, into: &found)
            #expect(read <= count)
            if read == 0 { break }
        }
        #expect(found == bytes)
    }
}
